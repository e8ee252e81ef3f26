namespace Kernels.Cli.Data;

/// <summary>What a column holds.</summary>
internal enum ColumnKind
{
    Numbers,
    Booleans,
    Words,
    Lists,
    Others,
}

/// <summary>Some rows of a file that has them by columns.</summary>
internal interface IColumnGroup
{
    int Rows { get; }

    /// <summary>What it is called in messages.</summary>
    string Place { get; }

    /// <summary>A column of numbers or booleans. Several threads may ask for several columns.</summary>
    FileColumn Numbers(int column);

    /// <summary>A column of words; null for none.</summary>
    string?[] Words(int column);
}
