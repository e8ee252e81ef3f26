using Kernels.Cli.Data;

namespace Kernels.Cli;

/// <summary>Writes to a temporary name and renames: the file is whole or not there.</summary>
internal static class NewFile
{
    internal static void Write(string path, Action<Stream> write)
    {
        var temporary = path + ".tmp";
        try
        {
            try
            {
                using (var stream = File.Create(temporary))
                    write(stream);
                File.Move(temporary, path, overwrite: true);
            }
            catch
            {
                File.Delete(temporary);
                throw;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException(path, "cannot be written: " + e.Message);
        }
    }
}
