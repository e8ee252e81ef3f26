using System.Runtime.InteropServices;

namespace Kernels.Cli.IO;

/// <summary>The few calls of the operating system that .NET has no name for, or not without harm.</summary>
internal static partial class Native
{
    internal const int BrokenPipe = 32;

    private const int Interrupted = 4;
    private const int GetDescriptorFlags = 1;
    private const int CloseOnExec = 1;

    /// <summary>Whether a descriptor that should have been inherited is the runtime's own: inherited ones are never closed by exec, so
    /// the caller had closed it.</summary>
    internal static bool WasClosed(int descriptor)
    {
        try
        {
            return !OperatingSystem.IsWindows() && Control(descriptor, GetDescriptorFlags) is var flags
                && (flags < 0 || (flags & CloseOnExec) != 0);
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            return false;
        }
    }

    /// <summary>Writes all of it.</summary>
    /// <exception cref="IOException">Nobody reads (then <see cref="Exception.HResult"/> is <see cref="BrokenPipe"/>), the disk is full,
    /// …</exception>
    internal static void Write(int descriptor, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var written = WriteSome(descriptor, bytes, bytes.Length);
            if (written >= 0)
                bytes = bytes[(int)written..];
            else if (Marshal.GetLastPInvokeError() is var error && error != Interrupted)
                throw new IOException(Marshal.GetPInvokeErrorMessage(error), error);
        }
    }

    /// <summary>Gives a file to an owner and a group; whether that was allowed is not asked.</summary>
    internal static void TryToOwn(string path, uint user, uint group) => _ = ChangeOwner(path, user, group);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Status(int folder, string path, int flags, uint mask, Span<byte> result);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(int descriptor, int command);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint WriteSome(int descriptor, ReadOnlySpan<byte> bytes, nint count);

    [LibraryImport("libc", EntryPoint = "chown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeOwner(string path, uint user, uint group);
}
