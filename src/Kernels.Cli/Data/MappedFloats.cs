using System.Buffers;
using System.IO.MemoryMappedFiles;

namespace Kernels.Cli.Data;

/// <summary>A file of float32 as memory: the operating system reads what is touched, so the file may be larger than memory.</summary>
internal sealed unsafe class MappedFloats : MemoryManager<float>
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly float* _start;
    private readonly int _length;
    private bool _disposed;

    /// <param name="path">A file of at least one float.</param>
    /// <param name="length">Floats, no more than the file has.</param>
    internal MappedFloats(string path, int length)
    {
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, mapName: null, capacity: 0, MemoryMappedFileAccess.Read);
        _view = _file.CreateViewAccessor(0, (long)length * sizeof(float), MemoryMappedFileAccess.Read);
        byte* start = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        _start = (float*)(start + _view.PointerOffset);
        _length = length;
    }

    public override Span<float> GetSpan()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return new(_start, _length);
    }

    public override MemoryHandle Pin(int elementIndex = 0)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return new(_start + elementIndex);
    }

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
        if (!disposing || _disposed)
            return;
        _disposed = true;
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }
}
