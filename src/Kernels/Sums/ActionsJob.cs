namespace Kernels.Sums;

/// <summary>Some numbers, each of which an action is called for by whoever comes to it.</summary>
internal sealed class ActionsJob : Job
{
    private Action<int> _body = static _ => { };
    private CancellationToken _token;
    private int _count;
    private int _next;

    internal void Begin(int count, Action<int> body, CancellationToken token) => (_count, _body, _token, _next) = (count, body, token, 0);

    internal override void Run(int member)
    {
        for (int i; !_token.IsCancellationRequested && (i = Interlocked.Increment(ref _next) - 1) < _count;)
            _body(i);
    }
}
