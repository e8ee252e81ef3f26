using System.Text;
using Kernels.Cli.Cluster;
using Kernels.Cli.Data;
using Kernels.Cli.IO;
using Kernels.Cli.Training;
using Kernels.Links;
using Kernels.Orleans;
using Kernels.Training;
using Spectre.Console;

namespace Kernels.Cli.Commands;

/// <summary>What <c>train</c> does once its options are understood and its rows are read.</summary>
internal sealed class TrainWork : IForLink<int>
{
    internal required IAnsiConsole Console { get; init; }

    internal required Display Display { get; init; }

    /// <summary>Where the report goes as JSON; null for a report that people read.</summary>
    internal required TextWriter? Json { get; init; }

    internal required Datasets Data { get; init; }

    /// <summary>Who is asked for the rows where they lie elsewhere, and <see cref="Data"/> is without; null for rows here.</summary>
    internal ClusterRows? Elsewhere { get; init; }

    internal required Datasets? HeldOutRows { get; init; }

    internal required TrainSettings Settings { get; init; }

    /// <summary>How the rows were read; null for the sample.</summary>
    internal required ReadOptions? Reading { get; init; }

    internal required double[]? Start { get; init; }

    internal required OutputFile? Output { get; init; }

    internal required string? OutputPath { get; init; }

    internal required OutputFile? Picture { get; init; }

    internal required string? PicturePath { get; init; }

    internal required CancellationToken Cancellation { get; init; }

    /// <summary>A console that shows nothing: what is printed is for a program.</summary>
    internal static IAnsiConsole Silent() => AnsiConsole.Create(
        new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(TextWriter.Null),
        });

    private ShardManifest? Manifest => Elsewhere?.Manifest;

    public int Run<TLink>()
        where TLink : struct, ILink
    {
        var (targets, labels) = Manifest is null ? Data.Targets<TLink>(positive: Settings.Positive) : ([], Manifest.Labels?.ToArray());
        var (intercept, link) = (Settings.Intercept ? " and an intercept" : string.Empty, Settings.Link.ToText());
        var assumed = Data.Assumed is { } format ? $" (read as {format}; --format says otherwise)" : string.Empty;
        Console.MarkupLineInterpolated(
            $"[bold]{Message.Line(Data.Source)}[/]{assumed}: {Data.Rows} rows, {Data.Columns} features{intercept}; {link} link; {Where()}");
        var outcome = TrainingDisplay.Show(
            Display, Settings, Elsewhere is null ? null : Elsewhere.Describe, progress => Train<TLink>(targets, progress));
        Refuse(outcome);
        var model = ModelOf(outcome, labels);
        if (Output is not null && outcome.HasModel)
        {
            Output.Write(model.Write);
            Output.Commit();
        }

        if (outcome.IsCancelled)
        {
            Console.MarkupLine(outcome.HasModel
                ? "[yellow]stopped; the weights are those of the last finished step[/]"
                : "[yellow]stopped before a step was finished[/]");
            WriteWhere(outcome);
            return ExitCode.Cancelled;
        }

        if (Elsewhere?.Shards is JournaledShards { Replayed: > 0 and var replayed })
            Console.MarkupLineInterpolated($"{replayed} answers came from the journal");
        var (sentence, code) = Verdict.Of(outcome, Settings, Data);
        Report<TLink>(outcome, model, targets, sentence);
        WriteWhere(outcome);
        if (Output is not null && !outcome.HasModel && code != ExitCode.NoOptimum)
            throw new DataException("--out", "no step was finished, so there are no weights to write");
        return code;
    }

    private string Where() => Elsewhere?.Place() ?? Simd.Width.ToString();

    private TrainOutcome Train<TLink>(float[][] targets, Action<object> progress)
        where TLink : struct, ILink
    {
        try
        {
            return Trainer.Run<TLink>(Settings, Data, targets, Elsewhere?.Shards,
                Manifest is null ? double.NaN : Manifest.TargetSum / Manifest.TargetWeight, Start, progress, Cancellation);
        }
        catch (Exception e) when (Elsewhere is not null && e is InvalidDataException or TimeoutException or IOException
            or UnauthorizedAccessException)
        {
            throw new DataException(Data.Source, e.Message);
        }
    }

    private void Report<TLink>(TrainOutcome outcome, Model model, float[][] targets, string sentence)
        where TLink : struct, ILink
    {
        var isFitted = outcome.Fit is not { Status: FitStatus.ConstantTarget or FitStatus.NoRows };
        if (!isFitted && Json is null)
        {
            Console.WriteLine(sentence);
            return;
        }

        // Rows elsewhere are not scored.
        var evaluation = Elsewhere is null ? new Evaluator<TLink>(model.Less(Data.Shift)) : null;
        for (var i = 0; i < targets.Length && isFitted; i++)
            evaluation?.Add(Data.Blocks[i], targets[i]);
        var heldOut = HeldOutRows is null || !isFitted ? null : HeldOut.Evaluate<TLink>(model, HeldOutRows, Cancellation);
        if (Json is not null)
        {
            using var bytes = new MemoryStream();
            var summary = isFitted ? evaluation?.Summary() ?? [] : [];
            TrainingJson.Write(bytes, Data, model, outcome, Settings, sentence, summary, heldOut?.Summary());
            Json.Write(Encoding.UTF8.GetString(bytes.ToArray()) + "\n");
        }
        else
        {
            TrainingReport.Write<TLink>(Console, Data, targets, model, Settings, outcome, sentence, evaluation);
            if (heldOut is not null)
                TrainingReport.WriteHeldOut(Console, HeldOutRows!, heldOut.Summary());
        }

        if (Picture is not null && isFitted)
        {
            Picture.Write(stream => TrainingPlot.Of(outcome, Data).Save(stream));
            Picture.Commit();
            Console.MarkupLineInterpolated($"picture written to [bold]{Message.Line(PicturePath!)}[/]");
        }
    }

    private void WriteWhere(TrainOutcome outcome)
    {
        if (Output is not null && outcome.HasModel)
            Console.MarkupLineInterpolated($"weights written to [bold]{OutputPath}[/]");
    }

    private void Refuse(TrainOutcome outcome)
    {
        if ((outcome.Fit?.NonFiniteRow ?? outcome.Search?.NonFiniteRow) is { } row)
            throw new DataException(Data.Source,
                $"row {row + 1} contains NaN or ∞{(Data.SkipsNaN ? string.Empty : "; --skip-nan leaves out rows with NaN")}");
        if (outcome.Search?.Reason == StopReason.Diverged)
            throw new DataException(Data.Source,
                $"the loss or its gradient overflows at iteration {outcome.Search.Iterations}: too large values, or too large a "
                + $"learning rate");
    }

    private Model ModelOf(TrainOutcome outcome, double[]? labels)
    {
        var fit = outcome.Fit;
        var model = Model.Of(
            Settings.Link, Data.Features, Settings.Intercept, outcome.Coefficients, [.. fit?.Means ?? []], [.. fit?.Deviations ?? []]);
        return model with
        {
            Target = Data.Target,
            Labels = labels,
            LabelWords = Settings.Link != ModelLink.Logit ? null : Manifest is null ? Data.WordsOf(labels) : Manifest.LabelWords?.ToArray(),
            Offset = Reading is { OffsetIsExposure: false } ? Reading.Offset : Manifest?.OffsetColumn,
            Categories = Data.Categories,
            Exposure = Reading is { OffsetIsExposure: true } ? Reading.Offset : Manifest?.ExposureColumn,
            SampleWeights = Reading?.Weight ?? Manifest?.WeightColumn,
            Penalty = Settings.L1 > 0 || Settings.L2 > 0 ? new(Settings.L1, Settings.L2, Settings.Standardize) : null,
            Fit = fit is null
                ? new(outcome.Search!.Reason.ToString(), null, Data.Rows, null, null, null, null)
                : new(
                    fit.Status.ToString(), Finite(fit.Decrement), fit.Rows, Finite(fit.Deviance), Finite(fit.NullDeviance),
                    Finite(fit.Dispersion), fit.StandardErrors.Count > 0 ? [.. fit.StandardErrors.Select(Finite)] : null),
        };
    }

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;
}
