namespace Kernels.Cli.Data;

/// <summary>The text formats of a data set.</summary>
internal enum DataFormat
{
    /// <summary>By the file's name, CSV for .csv and .tsv; LIBSVM otherwise.</summary>
    Auto,

    /// <summary>LIBSVM/SVMlight: a label, then index:value pairs.</summary>
    LibSvm,

    /// <summary>Comma-separated values.</summary>
    Csv,
}
