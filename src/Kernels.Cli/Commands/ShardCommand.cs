using System.CommandLine;
using Kernels.Cli.Data;
using Kernels.Cli.IO;
using Kernels.Links;
using Kernels.Orleans;
using Kernels.Training;
using Spectre.Console;

namespace Kernels.Cli.Commands;

/// <summary><c>kernels shard DATA --out MANIFEST</c>: cuts a file into parts for <c>train --cluster</c>.</summary>
internal static class ShardCommand
{
    internal static Command Create(IAnsiConsole console, TextReader input, TextWriter error)
    {
        var data = new Argument<string>("data") { Description = "LIBSVM, CSV, Parquet, Arrow or raw float32 file, or - for standard input" };
        var output = new Option<string>("--out") { Description = "the manifest to write; parts are written beside it", Required = true };
        var rows = new Option<int>("--rows") { Description = "rows of a part, a multiple of 1024; if not given, as many as take 64 MiB" };
        var link = new Option<string>("--link")
        {
            Description = "what the labels are made ready for: logit (0 and 1), identity or log",
            DefaultValueFactory = _ => "logit",
        };
        var positive = new Option<string?>("--positive") { Description = "logit: the label that counts as 1, as the file writes it" };
        var noIntercept = new Option<bool>("--no-intercept") { Description = "for models without an intercept: no column is shifted" };
        var (reading, showing) = (new ReadingOptions(input), new DisplayOptions(console, error));
        var command = new Command("shard", "Cut a file into parts for train --cluster.") { data, output, rows, link, positive, noIntercept };
        reading.AddTo(command);
        showing.AddTo(command);
        command.SetAction((result, cancellation) =>
        {
            var (path, manifest) = (result.GetValue(data)!, result.GetValue(output)!);
            var chosen = ModelLinks.Parse(result.GetValue(link))
                ?? throw new DataException("--link", $"must be logit, identity or log, not '{Message.Quote(result.GetValue(link))}'");
            if (result.GetValue(rows) is var count && (count < 0 || count % 1024 != 0))
                throw new DataException("--rows", "must be a multiple of 1024");
            if (result.GetValue(positive) is not null && chosen != ModelLink.Logit)
                throw new DataException("--positive", "goes with the logit link");

            // Refuses what cannot be written, or is read, before the work; the parts have names of their own.
            using (OutputFile.Open(manifest, path))
            {
            }

            var options = reading.Of(result, cancellation) with
            {
                ChoosesShift = !result.GetValue(noIntercept),
                LabelsMayBeWords = chosen == ModelLink.Logit,
            };
            var read = showing.Of(result).Reading(progress => DataReader.Read(path, options with { Progress = progress }));
            return Task.FromResult(chosen.Run(new Work(console, read, options, chosen, manifest, count, result.GetValue(positive), cancellation)));
        });
        return command;
    }

    private sealed class Work(
        IAnsiConsole console, Datasets data, ReadOptions options, ModelLink link, string path, int rows, string? positive, CancellationToken cancellation)
        : IForLink<int>
    {
        public int Run<TLink>()
            where TLink : struct, ILink
        {
            var (targets, labels) = data.Targets<TLink>(positive: positive);
            var description = new ShardManifest
            {
                Features = data.Features,
                Target = data.Target,
                Parts = [],
                Shift = data.Shift,
                Categories = data.Categories,
                Link = link.ToText(),
                Labels = labels,
                MeanTarget = double.IsFinite(data.MeanTarget(targets)) ? data.MeanTarget(targets) : null,
                LabelWords = link != ModelLink.Logit ? null : data.WordsOf(labels),
                WeightColumn = options.Weight,
                OffsetColumn = options.OffsetIsExposure ? null : options.Offset,
                ExposureColumn = options.OffsetIsExposure ? options.Offset : null,
            };
            try
            {
                var manifest = ShardWriter.Write(
                    new DatasetBlocks(data, targets, intercept: false), path, description, rows, cancellationToken: cancellation);
                console.MarkupLineInterpolated($"{manifest.Rows()} rows in {manifest.Parts.Count} parts; manifest written to [bold]{path}[/]");
                return ExitCode.Success;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new DataException(path, "cannot be written: " + e.Message);
            }
        }
    }
}
