namespace Kernels.Cli;

/// <summary>What the process returns.</summary>
internal static class ExitCode
{
    internal const int Success = 0;

    /// <summary>verify: something computed here is not what is promised.</summary>
    internal const int NotVerified = 1;

    /// <summary>The command line or a file could not be used; one line on the error stream says why.</summary>
    internal const int BadInput = 2;

    /// <summary>train: the limit on passes came before the optimum; the model that is written is not one.</summary>
    internal const int NotConverged = 3;

    /// <summary>train: the data have no optimum (separation, one class, no row that counts).</summary>
    internal const int NoOptimum = 4;

    /// <summary>Stopped by Ctrl-C (128 + SIGINT); 143 by SIGTERM, 129 by SIGHUP.</summary>
    internal const int Cancelled = 130;

    /// <summary>Whoever read standard output is gone (128 + SIGPIPE, as of other programs in a pipe).</summary>
    internal const int NobodyReads = 141;
}
