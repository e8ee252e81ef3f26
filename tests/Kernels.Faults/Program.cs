using System.Diagnostics;
using System.Runtime.Intrinsics.X86;
using Kernels.Faults;

// Plants each fault in a copy of the sources, and expects a test to fail: dotnet run -c Release --project tests/Kernels.Faults [FROM
// [COUNT]]
var root = AppContext.BaseDirectory;
while (!File.Exists(Path.Combine(root, "Kernels.sln")))
    root = Path.GetDirectoryName(root) ?? throw new InvalidOperationException("Kernels.sln is not above this program");
var from = args.Length > 0 ? int.Parse(args[0], System.Globalization.CultureInfo.InvariantCulture) : 0;
var count = args.Length > 1 ? int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture) : int.MaxValue;
var copy = Directory.CreateTempSubdirectory("kernels-faults-").FullName;
var survivors = 0;
try
{
    CopySources();
    if (!Builds() || !Passes(null, Fault.All.SelectMany(fault => fault.Tests).Distinct()))
        throw new InvalidOperationException("the tests do not pass as they are");
    foreach (var (fault, number) in Fault.All.Select((fault, number) => (fault, number)).Skip(from).Take(count))
    {
        var verdict = VerdictOf(fault);
        survivors += verdict is "killed" or "skipped" ? 0 : 1;
        Console.WriteLine($"{number,2}  {verdict,-9}  {fault.File}: {(fault.New.Length == 0 ? $"without {fault.Old}" : fault.New)}");
    }
}
finally
{
    Directory.Delete(copy, recursive: true);
}

Console.WriteLine(survivors == 0 ? "all killed" : $"{survivors} NOT killed");
return survivors == 0 ? 0 : 1;

void CopySources()
{
    foreach (var file in Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories))
    {
        var relative = Path.GetRelativePath(root, file);
        if (relative.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj" or ".git"))
            continue;
        var target = Path.Combine(copy, relative);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        File.Copy(file, target);
    }
}

string VerdictOf(Fault fault)
{
    var file = Path.Combine(copy, "src", "Kernels", fault.File);
    var text = File.ReadAllText(file);
    if (text.Split(fault.Old).Length != 2)
        return "NOT THERE";
    File.WriteAllText(file, text.Replace(fault.Old, fault.New, StringComparison.Ordinal));
    try
    {
        if (fault.File == "Lanes/Lanes512.cs" && !Avx512F.IsSupported)
            return "skipped";

        // What a fault leaves unused or unreachable is no error here.
        return !Builds() ? "NO BUILD" : Passes(fault.Leg, fault.Tests) ? "SURVIVED" : "killed"; // by a test, or by the guard page
    }
    finally
    {
        File.WriteAllText(file, text);
    }
}

bool Builds()
{
    // Servers that a build leaves behind would keep its output open.
    string[] build = ["build", "tests/Kernels.Tests", "-c", "Release", "-nodeReuse:false", "-p:UseSharedCompilation=false"];
    return Run("dotnet", [.. build, "-p:TreatWarningsAsErrors=false", "-p:EnforceCodeStyleInBuild=false", "-v:q"], null) == 0;
}

bool Passes(string? leg, IEnumerable<string> tests) =>
    Run("tests/Kernels.Tests/bin/Release/net10.0/Kernels.Tests",
        tests.SelectMany(name => (string[])["--filter-class", "Kernels.Tests." + name]), leg) == 0;

int Run(string program, IEnumerable<string> arguments, string? setting)
{
    var start = new ProcessStartInfo(program.Contains('/', StringComparison.Ordinal) ? Path.Combine(copy, program) : program, arguments)
    {
        WorkingDirectory = copy,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    };
    if (setting is not null)
        start.Environment["DOTNET_" + setting.Split('=')[0]] = setting.Split('=')[1];
    using var process = Process.Start(start)!;
    process.OutputDataReceived += (_, _) => { };
    process.ErrorDataReceived += (_, _) => { };
    process.BeginOutputReadLine();
    process.BeginErrorReadLine();
    process.WaitForExit();
    return process.ExitCode;
}
