using System.CommandLine;
using BenchmarkDotNet.Running;
using Kernels.Bench.Roofline;
using Kernels.Bench.Tune;

if (args is ["roofline" or "tune", ..])
    return new RootCommand("The roofline table, and the plans that make it.") { RooflineCommand.Create(), TuneCommand.Create() }.Parse(args).Invoke();

BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
return 0;
