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

    /// <param name="path">The file.</param>
    /// <param name="start">Floats before the first one.</param>
    /// <param name="length">Floats, at least one, no more than the file has.</param>
    internal MappedFloats(string path, long start, int length)
    {
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, mapName: null, capacity: 0, MemoryMappedFileAccess.Read);
        _view = _file.CreateViewAccessor(start * sizeof(float), (long)length * sizeof(float), MemoryMappedFileAccess.Read);
        byte* view = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref view);
        _start = (float*)(view + _view.PointerOffset);
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
