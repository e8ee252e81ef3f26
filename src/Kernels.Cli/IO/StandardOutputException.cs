namespace Kernels.Cli.IO;

/// <summary>Standard output takes no more.</summary>
internal sealed class StandardOutputException(IOException inner) : IOException("standard output cannot be written: " + inner.Message, inner)
{
    /// <summary>Whether that is because whoever read it is gone: no failure, but the end.</summary>
    internal bool NobodyReads { get; } = inner.HResult == Native.BrokenPipe;
}
