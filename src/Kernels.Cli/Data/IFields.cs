namespace Kernels.Cli.Data;

/// <summary>The numbers of a row of a file, by the file's columns.</summary>
internal interface IFields
{
    /// <summary>The number of a column; for what is subtracted from before it is rounded.</summary>
    double Double(int column);

    /// <summary>The same, rounded once.</summary>
    float Single(int column);

    /// <summary>The number of a label; of a word its code, 0 or 1.</summary>
    float Label(int column);

    /// <summary>The number of a column's word; NaN where there is none.</summary>
    float Level(int column, Levels levels);

    /// <summary>A column's text.</summary>
    string Text(int column);
}
