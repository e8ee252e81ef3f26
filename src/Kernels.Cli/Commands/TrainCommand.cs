using System.CommandLine;
using System.Globalization;
using Kernels.Cli.Data;
using Kernels.Training;
using Spectre.Console;

namespace Kernels.Cli.Commands;

/// <summary><c>kernels train [DATA]</c>: fits a logistic regression.</summary>
internal static class TrainCommand
{
    internal static Command Create(IAnsiConsole console)
    {
        var data = new Argument<string?>("data") { Description = "LIBSVM or CSV file; the heart_scale sample if not given", Arity = ArgumentArity.ZeroOrOne };
        var output = new Option<string?>("--out") { Description = "write the weights to this file" };
        var noIntercept = new Option<bool>("--no-intercept") { Description = "fit no intercept" };
        var optimizer = new Option<string>("--optimizer") { Description = "gd (gradient descent) or lbfgs", DefaultValueFactory = _ => "gd" };
        var plain = new Option<bool>("--plain") { Description = "plain gradient descent, without acceleration" };
        var rate = new Option<double?>("--learning-rate") { Description = "step length; 1/L from a Lipschitz bound if not given" };
        var l2 = new Option<double>("--l2") { Description = "λ of the penalty ½·λ·Σw², which spares the intercept" };
        var threads = new Option<int>("--threads") { Description = "threads at most, 0 for one a processor; the weights have the same bits", DefaultValueFactory = _ => 1 };
        var tolerance = new Option<double>("--tolerance") { Description = "stop when no component of the mean gradient is larger", DefaultValueFactory = _ => 1e-6 };
        var iterations = new Option<int>("--max-iterations") { Description = "stop after so many passes over the data", DefaultValueFactory = _ => 100_000 };
        var reading = new ReadingOptions();

        var command = new Command("train", "Fit a logistic regression.") { data, output, noIntercept, optimizer, plain, rate, l2, tolerance, iterations, threads };
        reading.AddTo(command);
        command.SetAction((result, cancellation) => Task.FromResult(Run(
            console,
            result.GetValue(data) is { } path ? DataReader.Read(path, reading.Of(result)) : DataReader.ReadSample(),
            intercept: !result.GetValue(noIntercept),
            new TrainSettings(
                OptimizerOf(result.GetValue(optimizer)!),
                result.GetValue(plain),
                result.GetValue(rate),
                result.GetValue(l2),
                result.GetValue(tolerance),
                result.GetValue(iterations),
                result.GetValue(threads)).Checked(),
            result.GetValue(output),
            cancellation)));
        return command;
    }

    private static Optimizer OptimizerOf(string name) => name switch
    {
        "gd" => Optimizer.GradientDescent,
        "lbfgs" => Optimizer.Lbfgs,
        _ => throw new DataException("--optimizer", $"must be gd or lbfgs, not {name}"),
    };

    private static int Run(IAnsiConsole console, Dataset data, bool intercept, TrainSettings settings, string? output, CancellationToken cancellation)
    {
        var targets = data.Targets();
        console.MarkupLineInterpolated($"[bold]{data.Source}[/]: {data.Rows} rows, {data.Columns} features{(intercept ? " and an intercept" : string.Empty)}; {Simd.Width}");

        var weights = new float[data.Matrix(intercept).Parameters];
        var result = Minimize(console, data, targets, weights, intercept, settings, cancellation);
        if (result.Reason == StopReason.NonFinite)
            throw new DataException(data.Source, $"the loss or its gradient is not finite at iteration {result.Iterations}: NaN, infinite or too large values in the data, or too large a learning rate");

        Report(console, data, targets, weights, intercept, result);
        if (output is not null)
        {
            ModelFile.Of(data, intercept, weights).Write(output);
            console.MarkupLineInterpolated($"weights written to [bold]{output}[/]");
        }

        if (result.Reason != StopReason.Cancelled)
            return ExitCode.Success;
        console.MarkupLine("[yellow]stopped; the weights are those of the last finished step[/]");
        return ExitCode.Cancelled;
    }

    private static TrainingResult Minimize(
        IAnsiConsole console, Dataset data, float[] targets, float[] weights, bool intercept, TrainSettings settings, CancellationToken cancellation)
    {
        TrainingResult? result = null;
        console.Status().Spinner(Spinner.Known.Dots).Start("training", status =>
        {
            // The display must not cost what it shows; without a terminal each update is a line of its own.
            var interval = TimeSpan.FromSeconds(console.Profile.Capabilities.Interactive ? 0.1 : 5);
            var shown = TimeSpan.Zero;
            result = settings.Minimize(data.Matrix(intercept), targets, weights, Show, cancellation);

            void Show(TrainingProgress progress)
            {
                if (progress.Iteration > 1 && progress.Elapsed - shown < interval)
                    return;
                shown = progress.Elapsed;
                status.Status = string.Create(
                    CultureInfo.InvariantCulture,
                    $"iteration {progress.Iteration}  loss {progress.Loss:F6}  largest mean gradient {progress.GradientNorm:E2}");
            }
        });
        return result!;
    }

    private static void Report(IAnsiConsole console, Dataset data, float[] targets, float[] weights, bool intercept, TrainingResult result)
    {
        var x = data.Matrix(intercept);
        var means = new float[data.Rows];
        LogisticRegression.Predict(x, weights, means);
        var right = means.Zip(targets).Count(pair => (pair.First >= 0.5f) == (pair.Second >= 0.5f));

        var summary = new Grid().AddColumns(2);
        var bytes = (double)data.Values.Length * sizeof(float) * result.Iterations;
        Row("stopped", $"{result.Reason switch
        {
            StopReason.Converged => "converged",
            StopReason.IterationLimit => "at the limit on iterations",
            StopReason.Stalled => "as close as float32 allows",
            _ => "cancelled",
        }}");
        Row("iterations", $"{result.Iterations}");
        Row("largest mean gradient", $"{result.GradientNorm:E2}");
        Row("deviance", $"{2 * LogisticRegression.Loss(x, targets, weights):F6}");
        Row("accuracy", $"{(double)right / data.Rows:P2} ({right} of {data.Rows})");
        Row("X read at", $"{bytes / result.Elapsed.TotalSeconds / 1e9:F2} GB/s, training included ({result.Elapsed.TotalMilliseconds:F1} ms)");
        console.Write(summary);

        var table = new Table().AddColumns("feature", "coefficient");
        table.Columns[1].RightAligned();
        const int Shown = 40;
        for (var j = 0; j < Math.Min(data.Columns, Shown); j++)
            table.AddRow(Markup.Escape(data.Features[j]), weights[j].ToString("F6", CultureInfo.InvariantCulture));
        if (data.Columns > Shown)
            table.AddRow("…", $"{data.Columns - Shown} more");
        if (intercept)
            table.AddRow("(intercept)", weights[^1].ToString("F6", CultureInfo.InvariantCulture));
        console.Write(table);

        void Row(string name, FormattableString value) => summary.AddRow(name, Markup.Escape(value.ToString(CultureInfo.InvariantCulture)));
    }
}
