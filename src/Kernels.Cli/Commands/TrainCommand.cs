using System.CommandLine;
using Kernels.Cli.Data;
using Kernels.Cli.IO;
using Kernels.Cli.Training;
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
        var optimizer = new Option<string>("--optimizer") { Description = "auto (the optimum, by N, d and penalty), gd (gradient descent), lbfgs, newton or sgd", DefaultValueFactory = _ => "auto" };
        var plain = new Option<bool>("--plain") { Description = "plain gradient descent, without acceleration" };
        var rate = new Option<double?>("--learning-rate") { Description = "step length; for gd 1/L from a Lipschitz constant if not given, for sgd that of a mean over a block" };
        var l2 = new Option<double>("--l2") { Description = "λ of the penalty ½·λ·Σw², which spares the intercept" };
        var l1 = new Option<double>("--l1") { Description = "λ of the penalty λ·Σ|w|, which spares the intercept; auto or gd" };
        var standardize = new Option<bool>("--standardize") { Description = "penalties are of the coefficients of columns divided by their standard deviations" };
        var robust = new Option<bool>("--robust") { Description = "standard errors that stay right where the variance is not the model's (sandwich, HC1)" };
        var warm = new Option<string?>("--start") { Description = "begin at the coefficients of this model" };
        var threads = new Option<int>("--threads") { Description = "threads at most, 0 for one a processor; the weights have the same bits", DefaultValueFactory = _ => 1 };
        var tolerance = new Option<double?>("--tolerance") { Description = "auto: take the last step when it moves no coefficient by more standard errors (0.001); others: stop when no component of the mean gradient is larger (1e-6)" };
        var iterations = new Option<int?>("--max-iterations") { Description = "stop after so many passes over the data; auto 100, sgd 20 epochs, others 100000 if not given" };
        var blockRows = new Option<int>("--block-rows") { Description = "sgd: rows of a block", DefaultValueFactory = _ => new StochasticGradientDescentOptions().BlockRows };
        var seed = new Option<ulong>("--seed") { Description = "sgd: what the order of the blocks follows from" };
        var reading = new ReadingOptions(input);

        var command = new Command("train", "Fit a generalised linear model.")
        {
            data, output, link, noIntercept, optimizer, plain, rate, l2, l1, standardize, robust, warm, tolerance, iterations, threads, blockRows, seed,
        };
        reading.AddTo(command);
        command.SetAction((result, cancellation) =>
        {
            var chosen = OptimizerOf(result.GetValue(optimizer)!);
            var settings = new TrainSettings
            {
                Link = ModelLinks.Parse(result.GetValue(link))
                    ?? throw new DataException("--link", $"must be logit, identity or log, not '{Message.Quote(result.GetValue(link))}'"),
                Optimizer = chosen,
                Intercept = !result.GetValue(noIntercept),
                Plain = result.GetValue(plain),
                LearningRate = result.GetValue(rate),
                L2 = result.GetValue(l2),
                L1 = result.GetValue(l1),
                Standardize = result.GetValue(standardize),
                RobustErrors = result.GetValue(robust),
                Tolerance = result.GetValue(tolerance),
                MaxIterations = result.GetValue(iterations),
                Threads = result.GetValue(threads),
                BlockRows = result.GetValue(blockRows),
                Seed = result.GetValue(seed),
            }.Checked();
            OutputFile.CheckStandardOutput(result.GetValue(data), result.GetValue(warm));
            var start = result.GetValue(warm) is { } model ? ModelInput.Read(model) : null;
            using var file = result.GetValue(output) is { } written ? OutputFile.Open(written, result.GetValue(data)) : null;
            var rows = result.GetValue(data) is { } path
                ? DataReader.Read(path, reading.Of(result, cancellation))
                : new Datasets([DataReader.ReadSample()]);
            var work = new Work(console, rows, settings, result.GetValue(output), file, StartOf(start, rows, settings), cancellation)
            {
                Roles = (result.GetValue(data) is null ? null : reading.Of(result, cancellation)),
            };
            return Task.FromResult(settings.Link.Run(work));
        });
        return command;
    }

    private static Optimizer OptimizerOf(string name) => name switch
    {
        "auto" => Optimizer.Auto,
        "gd" => Optimizer.GradientDescent,
        "lbfgs" => Optimizer.Lbfgs,
        "newton" => Optimizer.Newton,
        "sgd" => Optimizer.Sgd,
        _ => throw new DataException("--optimizer", $"must be auto, gd, lbfgs, newton or sgd, not '{Message.Quote(name)}'"),
    };

    private static double[]? StartOf(Model? model, Datasets data, TrainSettings settings)
    {
        if (model is null)
            return null;
        if (model.Link != settings.Link || model.Intercept != settings.Intercept || !model.Features.SequenceEqual(data.Features))
            throw new DataException("--start", "is a model of another link, of other columns, or with and without an intercept");
        return [.. model.Weights];
    }

    private sealed class Work(
        IAnsiConsole console, Datasets data, TrainSettings settings, string? outputPath, OutputFile? output, double[]? start, CancellationToken cancellation)
        : IForLink<int>
    {
        internal required ReadOptions? Roles { get; init; }

        public int Run<TLink>()
            where TLink : struct, ILink
        {
            var (targets, labels) = data.Targets<TLink>();
            var (intercept, link) = (settings.Intercept ? " and an intercept" : string.Empty, settings.Link.ToText());
            console.MarkupLineInterpolated(
                $"[bold]{Message.Line(data.Source)}[/]: {data.Rows} rows, {data.Columns} features{intercept}; {link} link; {Simd.Width}");
            var outcome = TrainingDisplay.Show(
                console, settings, progress => Trainer.Run<TLink>(settings, data, targets, start, progress, cancellation));
            Refuse(outcome);
            var model = ModelOf(outcome, labels);
            if (output is not null && outcome.HasModel)
            {
                output.Write(model.Write);
                output.Commit();
            }

            if (outcome.IsCancelled)
            {
                console.MarkupLine(outcome.HasModel
                    ? "[yellow]stopped; the weights are those of the last finished step[/]"
                    : "[yellow]stopped before a step was finished[/]");
                WriteWhere();
                return ExitCode.Cancelled;
            }

            var (sentence, code) = Verdict.Of(outcome, settings, data);
            if (outcome.Fit is { Status: FitStatus.ConstantTarget or FitStatus.NoRows })
            {
                console.WriteLine(sentence);
                return code;
            }

            TrainingReport.Write<TLink>(console, data, targets, model, settings, outcome, sentence);
            WriteWhere();
            if (output is not null && !outcome.HasModel)
                throw new DataException("--out", "no step was finished, so there are no weights to write");
            return code;

            void WriteWhere()
            {
                if (output is not null && outcome.HasModel)
                    console.MarkupLineInterpolated($"weights written to [bold]{outputPath}[/]");
            }
        }

        private void Refuse(TrainOutcome outcome)
        {
            if ((outcome.Fit?.NonFiniteRow ?? outcome.Search?.NonFiniteRow) is { } row)
                throw new DataException(data.Source, $"row {row + 1} contains NaN or ∞{(data.SkipsNaN ? string.Empty : "; --skip-nan leaves out rows with NaN")}");
            if (outcome.Search?.Reason == StopReason.Diverged)
                throw new DataException(data.Source, $"the loss or its gradient overflows at iteration {outcome.Search.Iterations}: too large values, or too large a learning rate");
        }

        private Model ModelOf(TrainOutcome outcome, double[]? labels)
        {
            var fit = outcome.Fit;
            var model = Model.Of(settings.Link, data.Features, settings.Intercept, outcome.Coefficients, [.. fit?.Means ?? []], [.. fit?.Deviations ?? []]);
            return model with
            {
                Target = data.Target,
                Labels = labels,
                Offset = Roles?.Offset,
                SampleWeights = Roles?.Weight,
                Penalty = settings.L1 > 0 || settings.L2 > 0 ? new(settings.L1, settings.L2, settings.Standardize) : null,
                Fit = fit is null
                    ? new(outcome.Search!.Reason.ToString(), null, data.Rows, null, null, null, null)
                    : new(
                        fit.Status.ToString(), Finite(fit.Decrement), fit.Rows, Finite(fit.Deviance), Finite(fit.NullDeviance), Finite(fit.Dispersion),
                        fit.StandardErrors.Count > 0 ? [.. fit.StandardErrors.Select(Finite)] : null),
            };
        }

        private static double? Finite(double value) => double.IsFinite(value) ? value : null;
    }
}
