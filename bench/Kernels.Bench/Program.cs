using System.CommandLine;
using BenchmarkDotNet.Running;
using Kernels.Bench.Cold;
using Kernels.Bench.Files;
using Kernels.Bench.Fit;
using Kernels.Bench.Roofline;
using Kernels.Bench.Tune;

if (args is ["roofline" or "tune" or "fit" or "files" or "cold", ..])
{
    return new RootCommand("The roofline table, the plans that make it, fits, and files.")
    {
        RooflineCommand.Create(), TuneCommand.Create(), FitCommand.Create(), FilesCommand.Create(), ColdCommand.Create(),
    }.Parse(args).Invoke();
}

BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
return 0;
