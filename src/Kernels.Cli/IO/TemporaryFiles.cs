using System.Security.Cryptography;

namespace Kernels.Cli.IO;

/// <summary>The files that this run created and has not renamed yet: deleted also where the run is left in the middle.</summary>
internal static class TemporaryFiles
{
    private static readonly Lock Gate = new();
    private static readonly HashSet<string> Files = [];
    private static bool _closed;

    /// <summary>A name that no file has: 64 random bits, and the file is created only if it is new.</summary>
    internal static string NameIn(string folder)
    {
        var path = Path.Combine(folder, ".kernels-" + RandomNumberGenerator.GetHexString(16, lowercase: true) + ".tmp");
        lock (Gate)
        {
            if (_closed)
                throw new OperationCanceledException();
            Files.Add(path);
        }

        return path;
    }

    internal static void Remove(string path)
    {
        lock (Gate)
            Files.Remove(path);
    }

    internal static void Delete(string path)
    {
        Remove(path);
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Its folder is gone, or no longer this user's.
        }
    }

    /// <summary>The process ends: no more names.</summary>
    internal static void DeleteAll()
    {
        string[] left;
        lock (Gate)
        {
            _closed = true;
            left = [.. Files];
        }

        Array.ForEach(left, Delete);
    }
}
