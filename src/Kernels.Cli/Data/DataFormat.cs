namespace Kernels.Cli.Data;

/// <summary>The formats of a data set.</summary>
internal enum DataFormat
{
    /// <summary>By the file's name: CSV for .csv and .tsv, Parquet for .parquet, Arrow for .arrow, .arrows and .feather, raw floats for
    /// .f32, LIBSVM for .svm; by its first line where that does not tell.</summary>
    Auto,

    /// <summary>LIBSVM/SVMlight: a label, then index:value pairs.</summary>
    LibSvm,

    /// <summary>Comma-separated values.</summary>
    Csv,

    /// <summary>Apache Parquet.</summary>
    Parquet,

    /// <summary>Apache Arrow IPC: a file (Feather too) or a stream.</summary>
    Arrow,

    /// <summary>Row-major little-endian float32 and nothing else.</summary>
    Raw,
}
