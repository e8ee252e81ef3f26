using Kernels.Cli.Data;

namespace Kernels.Cli.IO;

/// <summary>
/// A file to be written: opened before the work, so that a place that cannot be written is told first; whole or not there at the end. A
/// regular file is written under a new name beside it and renamed, so that neither a failure nor another run at the same time leaves a
/// part; what is no regular file (a device, a pipe) is written into.
/// </summary>
internal sealed class OutputFile : IDisposable
{
    private readonly string _path;
    private readonly string _target;
    private readonly string? _temporary;
    private readonly FileIdentity? _replaced;
    private bool _disposed;

    private OutputFile(string path, string target, string? temporary, FileIdentity? replaced, FileStream stream) =>
        (_path, _target, _temporary, _replaced, Stream) = (path, target, temporary, replaced, stream);

    /// <summary>What is written to.</summary>
    internal FileStream Stream { get; }

    /// <param name="path">Where to; links are followed.</param>
    /// <param name="inputs">What is read meanwhile: none may be the same file. - is standard input, null is nothing.</param>
    /// <exception cref="DataException">It is an input, or cannot be written.</exception>
    internal static OutputFile Open(string path, params IEnumerable<string?> inputs)
    {
        if (path.Length == 0)
            throw new DataException("the output", "has an empty path");
        return Guarded(path, () =>
        {
            var existing = FileIdentity.Of(path);
            if (existing is { IsRegular: true } && inputs.Any(input => existing == IdentityOf(input)))
                throw new DataException(path, "is read, too; the output must be another file");
            if (Directory.Exists(path))
                throw new DataException(path, "is a folder");
            var target = FileIdentity.Resolve(path);
            return existing is { IsRegular: false } || target.StartsWith("/proc/", StringComparison.Ordinal)
                ? new(path, path, temporary: null, existing, ToWrite(path))
                : Beside(path, target, existing);
        });
    }

    /// <summary>Refuses standard output that is appended to a file which is read: its own lines would come back as data.</summary>
    /// <exception cref="DataException">It is an input.</exception>
    internal static void CheckStandardOutput(params IEnumerable<string?> inputs)
    {
        if (FileIdentity.Of(descriptor: 1) is { IsRegular: true } output && inputs.Any(input => output == IdentityOf(input)))
            throw new DataException("standard output", "is a file that is read, too; the output must be another one");
    }

    /// <summary>All is written: it takes its name.</summary>
    internal void Commit() => Guarded(_path, () =>
    {
        Stream.Flush(flushToDisk: _temporary is not null);
        if (_temporary is null)
        {
            Dispose();
            return true;
        }

        Stream.Dispose();
        if (_replaced?.Owner is { } owner && FileIdentity.Of(_temporary)?.Owner != owner)
            Native.TryToOwn(_temporary, owner.User, owner.Group);
        if (_replaced is not null && !OperatingSystem.IsWindows())
            File.SetUnixFileMode(_temporary, File.GetUnixFileMode(_target)); // after the owner, whose change takes bits away
        File.Move(_temporary, _target, overwrite: true);
        TemporaryFiles.Remove(_temporary);
        _disposed = true;
        return true;
    });

    /// <summary>What was not committed is deleted: only what this run created.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        try
        {
            Stream.Dispose();
        }
        catch (IOException)
        {
            // What the disk does not take is given up anyway.
        }

        if (_temporary is not null)
            TemporaryFiles.Delete(_temporary);
    }

    /// <summary>Runs what writes to the stream; failures become one line.</summary>
    internal void Write(Action<Stream> write) => Guarded(_path, () =>
    {
        write(Stream);
        return true;
    });

    private static OutputFile Beside(string path, string target, FileIdentity? existing)
    {
        // A file that may not be written is not replaced either.
        if (existing is not null)
            ToWrite(target).Dispose();
        var temporary = TemporaryFiles.NameIn(Path.GetDirectoryName(target)!);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.Delete };
        if (existing is not null && !OperatingSystem.IsWindows())
            options.UnixCreateMode = File.GetUnixFileMode(target) & (UnixFileMode.UserRead | UnixFileMode.UserWrite);
        try
        {
            return new(path, target, temporary, existing, new FileStream(temporary, options));
        }
        catch
        {
            TemporaryFiles.Remove(temporary);
            throw;
        }
    }

    // What is there, as it is.
    private static FileStream ToWrite(string path) =>
        new(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1);

    private static FileIdentity? IdentityOf(string? input) => input switch
    {
        null or "" => null,
        DataReader.StandardInput => FileIdentity.Of(descriptor: 0),
        _ => FileIdentity.Of(input),
    };

    private static T Guarded<T>(string path, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is DirectoryNotFoundException)
        {
            throw new DataException(path, "cannot be written: there is no such folder");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new DataException(path, "cannot be written: " + e.Message);
        }
    }
}
