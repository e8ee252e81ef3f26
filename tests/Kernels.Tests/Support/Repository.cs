namespace Kernels.Tests.Support;

/// <summary>Where the sources of these tests are.</summary>
public static class Repository
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Kernels.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("Kernels.sln is not above the tests");
        return folder;
    }
}
