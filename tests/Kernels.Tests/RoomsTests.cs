using System.Reflection;
using System.Text.RegularExpressions;
using Kernels.Tests.Support;

namespace Kernels.Tests;

/// <summary>Where a line of the library may live: the rooms of src/Kernels/README.md, and no arrow that goes up.</summary>
public partial class RoomsTests
{
    /// <summary>From the ground floor up; what a room may use is itself and what comes before it, but the two of the ground floor not each
    /// other.</summary>
    private static readonly string[] Rooms = ["Lanes", "Links", "Loops", "Rows", "Sums", "Passes"];

    /// <summary>Public types that are data, which every room may name; all others are above the rooms.</summary>
    private static readonly string[] Data = ["Contract", "HessianEvaluation", "Reduction"];

    /// <summary>What the room that is called from above may name besides.</summary>
    private static readonly string[] Arguments =
        ["ChunkWork", "DesignMatrix", "Observations", "RowsWithNaN", "Simd", "SimdWidth", "ThreadTeam"];

    public static TheoryData<string> Files => [.. Sources(Root).Select(file => Path.GetRelativePath(Root, file))];

    [Theory]
    [MemberData(nameof(Files))]
    public void No_arrow_goes_up(string file)
    {
        var room = Array.IndexOf(Rooms, file.Split(Path.DirectorySeparatorChar)[0]);
        if (room < 0)
            return; // the public types, above all rooms
        var text = File.ReadAllText(Path.Combine(Root, file));
        var above = Rooms.Skip(room + 1);
        foreach (Match match in Using().Matches(text))
            Assert.DoesNotContain(match.Groups[1].Value, above);
        var code = string.Join('\n', text.Split('\n').Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal)));
        var allowed = Rooms[room] == "Passes" ? [.. Data, .. Arguments] : Data;
        foreach (var type in typeof(DesignMatrix).Assembly.GetTypes().Where(type => type.Namespace == "Kernels" && !type.IsNested))
        {
            var name = type.Name.Split('`')[0];
            if (!allowed.Contains(name))
                Assert.False(Regex.IsMatch(code, $@"(?<![.\w]){name}\b"), $"{file} names {name}, which is above it");
        }
    }

    [Fact]
    public void Every_room_is_known()
    {
        var folders = Directory.GetDirectories(Root).Select(folder => Path.GetFileName(folder)!).Where(name => name is not ("bin" or "obj"))
            .ToList();
        Assert.Equal(Rooms.Append("Contract").Order(StringComparer.Ordinal), folders.Order(StringComparer.Ordinal));
        var page = File.ReadAllText(Path.Combine(Root, "README.md"));
        Assert.All(folders, room => Assert.Contains(room + "/", page, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("src")]
    [InlineData("tests")]
    [InlineData("bench")]
    public void No_line_is_long(string folder)
    {
        foreach (var file in Sources(Path.Combine(Repository.Root, folder)))
            Assert.All(File.ReadLines(file), line => Assert.True(line.Length <= 140, $"{file}: {line}"));
    }

    /// <summary>What a flag chooses are two functions: below the passes there are none.</summary>
    [Fact]
    public void No_flag_is_handed_down()
    {
        var methods = typeof(DesignMatrix).Assembly.GetTypes()
            .Where(type => Rooms.SkipLast(1).Contains(type.Namespace?.Split('.').ElementAtOrDefault(1)))
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic
                | BindingFlags.DeclaredOnly));
        Assert.All(methods, method => Assert.DoesNotContain(
            method.GetParameters(), parameter => parameter.ParameterType == typeof(bool) && !method.Name.StartsWith('<')
                && !method.Name.StartsWith("set_", StringComparison.Ordinal)));
    }

    private static string Root => Path.Combine(Repository.Root, "src", "Kernels");

    private static IEnumerable<string> Sources(string root) => Directory.GetFiles(root, "*.cs", SearchOption.AllDirectories)
        .Where(file => !Path.GetRelativePath(root, file).Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"));

    [GeneratedRegex(@"^using Kernels\.(\w+)", RegexOptions.Multiline)]
    private static partial Regex Using();
}
