using System.Runtime.InteropServices;

namespace Kernels.Tests.Support;

/// <summary>Floats between two pages that nobody may touch: a read or a write beyond them, on the side they touch, ends the
/// process.</summary>
public sealed unsafe partial class GuardedFloats : IDisposable
{
    private const int None = 0;
    private const int ReadWrite = 3;
    private const int PrivateAnonymous = 0x22;

    private readonly byte* _pages;
    private readonly nuint _bytes;
    private readonly float* _start;
    private readonly int _length;

    /// <param name="values">Copied.</param>
    /// <param name="atEnd">Whether the last float touches the guard behind, or the first one the guard before.</param>
    public GuardedFloats(ReadOnlySpan<float> values, bool atEnd)
    {
        var page = (nuint)Environment.SystemPageSize;
        var inside = (((nuint)values.Length * sizeof(float)) + page) / page * page;
        _bytes = inside + (2 * page);
        _pages = MemoryMap(null, _bytes, ReadWrite, PrivateAnonymous, -1, 0);
        if (_pages == (byte*)-1 || Protect(_pages, page, None) != 0 || Protect(_pages + page + inside, page, None) != 0)
            throw new InvalidOperationException("mmap or mprotect failed");
        _length = values.Length;
        _start = (float*)(atEnd ? _pages + page + inside - (_length * sizeof(float)) : _pages + page);
        values.CopyTo(Span);
    }

    public static bool IsSupported => OperatingSystem.IsLinux();

    public Span<float> Span => new(_start, _length);

    /// <summary>Whether so many bytes can be read, from so many after the first float on: nothing else is done to them.</summary>
    public bool CanBeRead(int offset, int bytes)
    {
        var ends = stackalloc int[2];
        if (Pipe(ends) != 0)
            throw new InvalidOperationException("pipe failed");
        var written = Write(ends[1], (byte*)_start + offset, (nuint)bytes);
        _ = Close(ends[0]);
        _ = Close(ends[1]);
        return written == bytes;
    }

    public void Dispose() => Unmap(_pages, _bytes);

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial byte* MemoryMap(void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(void* address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "pipe")]
    private static partial int Pipe(int* ends);

    [LibraryImport("libc", EntryPoint = "write")]
    private static partial nint Write(int file, void* from, nuint bytes);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int file);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial void Unmap(void* address, nuint length);
}
