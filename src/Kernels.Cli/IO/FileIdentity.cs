using System.Buffers.Binary;

namespace Kernels.Cli.IO;

/// <summary>Which file a path leads to, links followed: two paths may lead to one.</summary>
/// <param name="Volume">The device; on systems without statx, the resolved path.</param>
/// <param name="Number">The inode.</param>
internal sealed record FileIdentity(string Volume, ulong Number)
{
    private const int CurrentFolder = -100;
    private const int EmptyPath = 0x1000;
    private const uint BasicFields = 0x7FF;
    private const int RegularFile = 0x8000;
    private const int TypeOfFile = 0xF000;

    /// <summary>Whether it holds bytes that stay; not a device, a pipe or a socket.</summary>
    internal bool IsRegular { get; private init; }

    internal (uint User, uint Group)? Owner { get; private init; }

    /// <summary>The file at a path; null where there is none, or none that can be asked.</summary>
    internal static FileIdentity? Of(string path)
    {
        if (OperatingSystem.IsLinux())
            return Status(CurrentFolder, path, flags: 0);
        var target = new FileInfo(path);
        return target.Exists ? new(Resolve(path).ToUpperInvariant(), 0) { IsRegular = true } : null;
    }

    /// <summary>The file that is open as a descriptor of this process, 0 for standard input.</summary>
    internal static FileIdentity? Of(int descriptor) => OperatingSystem.IsLinux() ? Status(descriptor, string.Empty, EmptyPath) : null;

    /// <summary>Where a path leads, also if there is no file yet.</summary>
    internal static string Resolve(string path)
    {
        var full = Path.GetFullPath(path); // a relative path to a relative link would be resolved from the root
        try
        {
            return File.ResolveLinkTarget(full, returnFinalTarget: true)?.FullName ?? full;
        }
        catch (IOException)
        {
            return full; // no such folder, or links in a circle: opening it will say so
        }
    }

    // struct statx has one layout on all architectures: mode at 28, inode at 32, owner at 20 and 24, device at 136.
    private static FileIdentity? Status(int folder, string path, int flags)
    {
        var status = new byte[256];
        if (Native.Status(folder, path, flags, BasicFields, status) != 0)
            return null;
        var volume = $"{Field(136)}:{Field(140)}";
        return new(volume, BinaryPrimitives.ReadUInt64LittleEndian(status.AsSpan(32)))
        {
            IsRegular = (BinaryPrimitives.ReadUInt16LittleEndian(status.AsSpan(28)) & TypeOfFile) == RegularFile,
            Owner = (Field(20), Field(24)),
        };

        uint Field(int at) => BinaryPrimitives.ReadUInt32LittleEndian(status.AsSpan(at));
    }
}
