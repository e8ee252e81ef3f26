using System.Runtime.InteropServices;

namespace Kernels.Cli.IO;

/// <summary>
/// SIGINT, SIGTERM and SIGHUP: the work is asked to stop, and left where it is if it has not stopped soon (it waits for input, for a
/// pipe, or inside another library). A second signal
/// does not wait.
/// </summary>
internal sealed class Signals : IDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(0.6);

    private readonly CancellationTokenSource _source = new();
    private readonly TaskCompletionSource _overdue = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<PosixSignalRegistration> _registrations = [];
    private int _code;

    internal Signals()
    {
        Register(PosixSignal.SIGINT, 2);
        Register(PosixSignal.SIGTERM, 15);
        Register(PosixSignal.SIGHUP, 1);
    }

    internal CancellationToken Token => _source.Token;

    /// <summary>The exit code of the work, or 128 + the signal that ended it.</summary>
    internal async Task<int> Watch(Task<int> work)
    {
        var first = await Task.WhenAny(work, _overdue.Task).ConfigureAwait(false);
        var code = first == work ? await work.ConfigureAwait(false) : ExitCode.Cancelled;
        TemporaryFiles.DeleteAll();
        return code == ExitCode.Cancelled && _code != 0 ? _code : code;
    }

    public void Dispose()
    {
        _registrations.ForEach(registration => registration.Dispose());
        _source.Dispose();
    }

    private void Register(PosixSignal signal, int number) => _registrations.Add(PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        if (Interlocked.CompareExchange(ref _code, 128 + number, 0) != 0)
        {
            _overdue.TrySetResult();
            return;
        }

        _ = Task.Delay(Grace).ContinueWith(_ => _overdue.TrySetResult(), TaskScheduler.Default);
        _source.Cancel();
    }));
}
