using System.CommandLine;
using BenchmarkDotNet.Running;
using Kernels.Bench.Roofline;

if (args is ["roofline", ..])
    return new RootCommand("The roofline table.") { RooflineCommand.Create() }.Parse(args).Invoke();

BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
return 0;
