namespace Kernels.Cli.Data;

/// <summary>A file or an option that cannot be used: the place and the reason, in one short line.</summary>
internal sealed class DataException : Exception
{
    internal DataException(string file, string reason)
        : base(Cli.Message.Line($"{file}: {reason}"))
    {
    }

    internal DataException(string file, long line, string reason)
        : base(Cli.Message.Line($"{file}:{line}: {reason}"))
    {
    }
}
