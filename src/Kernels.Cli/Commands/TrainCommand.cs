using System.CommandLine;
using Kernels.Cli.Cluster;
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
    internal static Command Create(IAnsiConsole console, TextReader input, TextWriter standardOutput, TextWriter error)
    {
        var data = new Argument<string?>("data")
        {
            Description = "LIBSVM, CSV, Parquet, Arrow or raw float32 file, or - for standard input; the heart_scale sample if not given",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var output = new Option<string?>("--out") { Description = "write the weights to this file" };
        var link = new Option<string>("--link")
        {
            Description = "logit (logistic regression), identity (linear) or log (Poisson)",
            DefaultValueFactory = _ => "logit",
        };
        var positive = new Option<string?>("--positive")
        {
            Description = "logit: the label that counts as 1, as the file writes it; the larger, or the later word, if not given",
        };
        var noIntercept = new Option<bool>("--no-intercept") { Description = "fit no intercept" };
        var optimizer = new Option<string>("--optimizer")
        {
            Description = "auto (the optimum, by N, d and penalty), gd (gradient descent), lbfgs, newton or sgd",
            DefaultValueFactory = _ => "auto",
        };
        var plain = new Option<bool>("--plain") { Description = "plain gradient descent, without acceleration" };
        var rate = NumberOption.Of("--learning-rate",
            "step length; for gd in the columns' own units (if not given, 1/L of scaled columns), for sgd of scaled columns and the mean "
            + "over a block");
        var l2 = NumberOption.Of("--l2", "λ of the penalty ½·λ·Σw², which spares the intercept");
        var l1 = NumberOption.Of("--l1", "λ of the penalty λ·Σ|w|, which spares the intercept; auto or gd");
        var standardize = new Option<bool>("--standardize")
        {
            Description = "penalties are of the coefficients of columns divided by their standard deviations",
        };
        var robust = new Option<bool>("--robust")
        {
            Description = "standard errors that stay right where the variance is not the model's (sandwich, HC1)",
        };
        var warm = new Option<string?>("--start") { Description = "begin at the coefficients of this model" };
        var threads = new Option<int>("--threads")
        {
            Description = "threads at most; 0, the default, for one a processor: the weights have the same bits on any number",
            DefaultValueFactory = _ => 0,
        };
        var tolerance =
            NumberOption.Of("--tolerance",
            "auto: take the last step when it moves no coefficient by more standard errors (0.001); others: stop when no component of the "
            + "mean gradient is larger (1e-6)");
        var iterations = new Option<int?>("--max-iterations")
        {
            Description = "stop after so many passes over the data; auto 100, sgd 20 epochs, others 100000 if not given",
        };
        var blockRows = new Option<int>("--block-rows")
        {
            Description = "sgd: rows of a block",
            DefaultValueFactory = _ => new StochasticGradientDescentOptions().BlockRows,
        };
        var seed = new Option<ulong>("--seed")
        {
            Description = "sgd and --test-fraction: what the order of the blocks, and the part held out, follow from",
        };
        var test = new Option<string?>("--test") { Description = "evaluate on the rows of this file as well" };
        var fraction = NumberOption.Of("--test-fraction", "hold out about so many of the rows (0 to 1), by --seed, and evaluate on them");
        var picture = new Option<string?>("--svg")
        {
            Description = "write the coefficients with their intervals, and the loss over the search, to this file",
        };
        var cluster = new Option<string?>("--cluster")
        {
            Description =
                "HOST:PORT of the first silo (kernels silo), or redis:SERVER: train there on the manifest DATA (kernels shard), or "
                + "on the sample",
        };
        var journal = new Option<string?>("--journal")
        {
            Description = "with --cluster: keep answers in this file; the same command goes on with it where it was stopped",
        };
        var json = new Option<bool>("--json") { Description = "print the report as JSON" };
        var (reading, showing) = (new ReadingOptions(input), new DisplayOptions(console, error));

        var command = new Command("train", "Fit a generalised linear model.")
        {
            data, output, link, positive, noIntercept, optimizer, plain, rate, l2, l1, standardize, robust, warm, tolerance, iterations,
            threads, blockRows, seed, test, fraction, picture, json, cluster, journal,
        };
        var place = new ClusterOptions();
        place.AddTo(command);
        reading.AddTo(command);
        showing.AddTo(command);
        command.SetAction(async (result, cancellation) =>
        {
            var chosen = OptimizerOf(result.GetValue(optimizer)!);
            var settings = new TrainSettings
            {
                Link = ModelLinks.Parse(result.GetValue(link))
                    ?? throw new DataException("--link", $"must be logit, identity or log, not '{Message.Quote(result.GetValue(link))}'"),
                Positive = result.GetValue(positive),
                Optimizer = chosen,
                Intercept = !result.GetValue(noIntercept),
                Plain = result.GetValue(plain),
                LearningRate = result.GetValue(rate),
                L2 = result.GetValue(l2) ?? 0,
                L1 = result.GetValue(l1) ?? 0,
                Standardize = result.GetValue(standardize),
                RobustErrors = result.GetValue(robust),
                Tolerance = result.GetValue(tolerance),
                MaxIterations = result.GetValue(iterations),
                Threads = result.GetValue(threads),
                BlockRows = result.GetValue(blockRows),
                Seed = result.GetValue(seed),
            }.Checked();
            var journaled = result.GetValue(journal);
            string?[] inputs =
                [result.GetValue(data), result.GetValue(warm), result.GetValue(test), journaled, place.CertificateFile(result)];
            if (result.GetValue(cluster) is not null && result.GetValue(data) is { } manifest)
                inputs = [.. inputs, .. ClusterRows.PartsOf(manifest)];
            foreach (var other in new[] { result.GetValue(output), result.GetValue(picture) })
            {
                // Neither may be there yet.
                if (journaled is { Length: > 0 } && other is { Length: > 0 }
                    && FileIdentity.Resolve(journaled) == FileIdentity.Resolve(other))
                    throw new DataException("--journal", "must be another file than the outputs");
            }

            OutputFile.CheckStandardOutput(inputs);
            var start = result.GetValue(warm) is { } model ? ModelInput.Read(model) : null;
            using var file = Opened(result.GetValue(output), inputs);
            using var drawing = Opened(result.GetValue(picture), [.. inputs, result.GetValue(output)]);
            if (result.GetValue(fraction) is { } part && !(part is > 0 and < 1))
                throw new DataException("--test-fraction", "must be between 0 and 1");
            if (result.GetValue(fraction) is not null && result.GetValue(test) is not null)
                throw new DataException("--test", "and --test-fraction do not go together");
            var options = reading.Of(result, cancellation) with
            {
                ChoosesShift = settings.Intercept,
                FineColumns = Trainer.MostParameters,
                LabelsMayBeWords = settings.Link == ModelLink.Logit,
            };
            var display = result.GetValue(json) ? Display.None : showing.Of(result);
            if (journaled is not null && result.GetValue(cluster) is null)
                throw new DataException("--journal", "goes with --cluster");
            await using var elsewhere = result.GetValue(cluster) is { } address
                ? await ClusterRows.OpenAsync(
                    result.GetValue(data),
                    place.Of(result, port: 0).Of(address, "--cluster"),
                    settings,
                    journaled,
                    result.GetValue(json) ? null : error,
                    cancellation)
                : null;
            if (elsewhere is not null && (result.GetValue(test) ?? (result.GetValue(fraction) is null ? null : "")) is not null)
                throw new DataException("--cluster", "does not go with --test and --test-fraction: kernels evaluate reads rows here");
            var rows = elsewhere?.Description
                ?? (result.GetValue(data) is { } path
                    ? display.Reading(progress => DataReader.Read(path, options with { Progress = progress }))
                    : new Datasets([DataReader.ReadSample()]));
            Datasets? heldOut = null;
            if (result.GetValue(fraction) is { } held)
                (rows, heldOut) = HeldOut.Split(rows, held, settings.Seed);
            else if (result.GetValue(test) is { } other)
                heldOut = ReadTest(other, options, rows, settings.Positive);
            return settings.Link.Run(new TrainWork
            {
                Console = result.GetValue(json) ? TrainWork.Silent() : console,
                Display = display,
                Json = result.GetValue(json) ? standardOutput : null,
                Data = rows,
                Elsewhere = elsewhere,
                HeldOutRows = heldOut,
                Settings = settings,
                Reading = result.GetValue(data) is null || elsewhere is not null ? null : options,
                Start = StartOf(start, rows, settings),
                Output = file,
                OutputPath = result.GetValue(output),
                Picture = drawing,
                PicturePath = result.GetValue(picture),
                Cancellation = cancellation,
            });
        });
        return command;
    }

    // As training read its own; the words of the labels are known once those are counted.
    private static Datasets ReadTest(string path, ReadOptions options, Datasets rows, string? positive)
    {
        var areWords = rows.Blocks[0].LabelWords is { AreWords: true };
        if (areWords)
            rows.Targets<Logit>(positive: positive);
        var same = options with
        {
            Shift = rows.Shift,
            ChoosesShift = false,
            Categories = rows.Categories,
            LabelsMayBeWords = areWords,
            KnownLabels = rows.LabelWords,
        };
        return new([.. DataReader.ReadFor(path, same, rows.Features, labeled: true)]);
    }

    private static OutputFile? Opened(string? path, IEnumerable<string?> inputs) => path is null ? null : OutputFile.Open(path, inputs);

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
}
