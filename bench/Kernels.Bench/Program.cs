using System.CommandLine;
using BenchmarkDotNet.Running;
using Kernels.Bench.Cluster;
using Kernels.Bench.Cold;
using Kernels.Bench.Files;
using Kernels.Bench.Fit;
using Kernels.Bench.Roofline;
using Kernels.Bench.Serving;
using Kernels.Bench.Tune;

var root = new RootCommand("The roofline table, the plans that make it, fits, files, services and clusters.")
{
    RooflineCommand.Create(), TuneCommand.Create(), FitCommand.Create(), FilesCommand.Create(), MlNet.Create(), ColdCommand.Create(),
    ServingCommand.Create(), ClusterCommand.Create(),
};
if (args is [var name, ..] && root.Subcommands.Any(command => command.Name == name))
    return await root.Parse(args).InvokeAsync();

BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
return 0;
