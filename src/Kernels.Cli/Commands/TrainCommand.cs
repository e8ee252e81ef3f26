using System.CommandLine;
using Kernels.Cli.Data;
using Kernels.Cli.IO;
using Kernels.Links;
using Kernels.Training;
using Spectre.Console;

namespace Kernels.Cli.Commands;

/// <summary><c>kernels train [DATA]</c>: fits a generalised linear model.</summary>
internal static class TrainCommand
{
    internal static Command Create(IAnsiConsole console, TextReader input)
    {
        var data = new Argument<string?>("data") { Description = "LIBSVM, CSV, Parquet or raw float32 file, or - for standard input; the heart_scale sample if not given", Arity = ArgumentArity.ZeroOrOne };
        var output = new Option<string?>("--out") { Description = "write the weights to this file" };
        var link = new Option<string>("--link") { Description = "logit (logistic regression), identity (linear) or log (Poisson)", DefaultValueFactory = _ => "logit" };
        var noIntercept = new Option<bool>("--no-intercept") { Description = "fit no intercept" };
        var optimizer = new Option<string>("--optimizer") { Description = "gd (gradient descent), lbfgs, newton or sgd", DefaultValueFactory = _ => "gd" };
        var plain = new Option<bool>("--plain") { Description = "plain gradient descent, without acceleration" };
        var rate = new Option<double?>("--learning-rate") { Description = "step length; for gd 1/L from a Lipschitz constant if not given, for sgd that of a mean over a block" };
        var l2 = new Option<double>("--l2") { Description = "λ of the penalty ½·λ·Σw², which spares the intercept" };
        var l1 = new Option<double>("--l1") { Description = "λ of the penalty λ·Σ|w|, which spares the intercept; gd only" };
        var threads = new Option<int>("--threads") { Description = "threads at most, 0 for one a processor; the weights have the same bits", DefaultValueFactory = _ => 1 };
        var tolerance = new Option<double>("--tolerance") { Description = "stop when no component of the mean gradient is larger", DefaultValueFactory = _ => 1e-6 };
        var iterations = new Option<int?>("--max-iterations") { Description = "stop after so many passes over the data; 100000 if not given, for sgd 20 epochs" };
        var blockRows = new Option<int>("--block-rows") { Description = "sgd: rows of a block", DefaultValueFactory = _ => new StochasticGradientDescentOptions().BlockRows };
        var seed = new Option<ulong>("--seed") { Description = "sgd: what the order of the blocks follows from" };
        var reading = new ReadingOptions(input);

        var command = new Command("train", "Fit a generalised linear model.")
        {
            data, output, link, noIntercept, optimizer, plain, rate, l2, l1, tolerance, iterations, threads, blockRows, seed,
        };
        reading.AddTo(command);
        command.SetAction((result, cancellation) =>
        {
            var chosen = OptimizerOf(result.GetValue(optimizer)!);
            var settings = new TrainSettings
            {
                Link = LinkNames.Parse(result.GetValue(link))
                    ?? throw new DataException("--link", $"must be logit, identity or log, not '{Message.Quote(result.GetValue(link))}'"),
                Optimizer = chosen,
                Intercept = !result.GetValue(noIntercept),
                Plain = result.GetValue(plain),
                LearningRate = result.GetValue(rate),
                L2 = result.GetValue(l2),
                L1 = result.GetValue(l1),
                Tolerance = result.GetValue(tolerance),
                MaxIterations = result.GetValue(iterations) ?? (chosen == Optimizer.Sgd ? new StochasticGradientDescentOptions().MaxIterations : 100_000),
                Threads = result.GetValue(threads),
                BlockRows = result.GetValue(blockRows),
                Seed = result.GetValue(seed),
            }.Checked();
            OutputFile.CheckStandardOutput(result.GetValue(data));
            using var file = result.GetValue(output) is { } written ? OutputFile.Open(written, result.GetValue(data)) : null;
            var rows = result.GetValue(data) is { } path
                ? DataReader.Read(path, reading.Of(result, cancellation))
                : new Datasets([DataReader.ReadSample()]);
            return Task.FromResult(settings.Link.Run(new Work(console, rows, settings, result.GetValue(output), file, cancellation)));
        });
        return command;
    }

    private static Optimizer OptimizerOf(string name) => name switch
    {
        "gd" => Optimizer.GradientDescent,
        "lbfgs" => Optimizer.Lbfgs,
        "newton" => Optimizer.Newton,
        "sgd" => Optimizer.Sgd,
        _ => throw new DataException("--optimizer", $"must be gd, lbfgs, newton or sgd, not '{Message.Quote(name)}'"),
    };

    private sealed class Work(
        IAnsiConsole console, Datasets data, TrainSettings settings, string? outputPath, OutputFile? output, CancellationToken cancellation)
        : IForLink<int>
    {
        public int Run<TLink>()
            where TLink : struct, ILink
        {
            var targets = data.Targets<TLink>();
            var (intercept, link) = (settings.Intercept ? " and an intercept" : string.Empty, settings.Link.ToText());
            console.MarkupLineInterpolated(
                $"[bold]{Message.Line(data.Source)}[/]: {data.Rows} rows, {data.Columns} features{intercept}; {link} link; {Simd.Width}");
            var weights = new float[data.Columns + (settings.Intercept ? 1 : 0)];
            var result = TrainingDisplay.Show(
                console,
                settings,
                progress => data.Blocks.Count == 1
                    ? settings.Minimize<TLink>(data.Blocks[0].Observations(settings.Intercept, targets[0]), weights, progress, cancellation)
                    : settings.MinimizeBlocks<TLink>(new DatasetBlocks(data, targets, settings.Intercept), weights, progress, cancellation));
            if (result.Reason == StopReason.NonFinite)
                throw new DataException(data.Source, $"row {result.NonFiniteRow + 1} contains NaN or ∞{(data.SkipsNaN ? string.Empty : "; --skip-nan leaves out rows with NaN")}");
            if (result.Reason == StopReason.Diverged)
                throw new DataException(data.Source, $"the loss or its gradient overflows at iteration {result.Iterations}: too large values, or too large a learning rate");

            // Zeros that no step has left are no model, unless the gradient says that they are the optimum.
            var hasModel = result.Reason is StopReason.Converged or StopReason.Stalled || Array.Exists(weights, w => w != 0);
            if (output is not null && hasModel)
            {
                output.Write(ModelFile.Of(settings.Link, data.Features, settings.Intercept, weights).Write);
                output.Commit();
            }

            if (result.Reason == StopReason.Cancelled)
            {
                console.MarkupLine(hasModel
                    ? "[yellow]stopped; the weights are those of the last finished step[/]"
                    : "[yellow]stopped before a step was finished[/]");
                WriteWhere();
                return ExitCode.Cancelled;
            }

            TrainingReport.Write<TLink>(console, data, targets, weights, settings, result);
            WriteWhere();
            if (output is not null && !hasModel)
                throw new DataException("--out", "no step was finished, so there are no weights to write");
            return ExitCode.Success;

            void WriteWhere()
            {
                if (output is not null && hasModel)
                    console.MarkupLineInterpolated($"weights written to [bold]{outputPath}[/]");
            }
        }
    }
}
