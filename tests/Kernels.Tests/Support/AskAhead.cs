using Kernels.Rows;

namespace Kernels.Tests.Support;

/// <summary>Sets for a while whether X from memory is asked for ahead. Tests that depend on it are in one collection; to all others it makes no difference.</summary>
public sealed class AskAhead : IDisposable
{
    private readonly bool _before = Processor.AsksAhead;

    public AskAhead(bool asks) => Processor.AsksAhead = asks;

    public void Dispose() => Processor.AsksAhead = _before;
}
