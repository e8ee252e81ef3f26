using System.CommandLine;
using Kernels.Cli.Cluster;
using Kernels.Cli.Data;
using Kernels.Cli.IO;
using Kernels.Cli.Training;
using Kernels.Training;
using Spectre.Console;

namespace Kernels.Cli.Commands;

/// <summary><c>kernels shard DATA --out MANIFEST</c>: cuts a file into parts for <c>train --cluster</c>.</summary>
internal static class ShardCommand
{
    internal static Command Create(IAnsiConsole console, TextReader input, TextWriter error)
    {
        var data = new Argument<string>("data")
        {
            Description = "LIBSVM, CSV, Parquet, Arrow or raw float32 file, or - for standard input",
        };
        var output = new Option<string>("--out") { Description = "the manifest to write; parts are written beside it", Required = true };
        var rows = new Option<int>("--rows") { Description = "rows of a part, a multiple of 1024; if not given, as many as take 64 MiB" };
        var link = new Option<string>("--link")
        {
            Description = "what the labels are made ready for: logit (0 and 1), identity or log",
            DefaultValueFactory = _ => "logit",
        };
        var positive = new Option<string?>("--positive") { Description = "logit: the label that counts as 1, as the file writes it" };
        var noIntercept = new Option<bool>("--no-intercept") { Description = "for models without an intercept: no column is shifted" };
        var append = new Option<bool>("--append")
        {
            Description = "add the rows to the manifest's, read as those were: columns, labels and link are its own",
        };
        var (reading, showing) = (new ReadingOptions(input), new DisplayOptions(console, error));
        var command = new Command("shard", "Cut a file into parts for train --cluster.")
        {
            data, output, rows, link, positive, noIntercept, append,
        };
        reading.AddTo(command);
        showing.AddTo(command);
        command.SetAction((result, cancellation) =>
        {
            var (source, path) = (result.GetValue(data)!, result.GetValue(output)!);
            var chosen = ModelLinks.Parse(result.GetValue(link))
                ?? throw new DataException("--link", $"must be logit, identity or log, not '{Message.Quote(result.GetValue(link))}'");
            if (result.GetValue(rows) is var count && (count < 0 || count % 1024 != 0))
                throw new DataException("--rows", "must be a multiple of 1024");
            if (result.GetValue(positive) is not null && chosen != ModelLink.Logit)
                throw new DataException("--positive", "goes with the logit link");

            if (result.GetValue(append))
            {
                if (result.GetResult(link) is { Implicit: false } || result.GetValue(positive) is not null || result.GetValue(noIntercept))
                    throw new DataException("--append",
                        "takes link, labels and intercept from the manifest: no --link, --positive, --no-intercept");
                var all = ShardFiles.Append(source, reading.Of(result, cancellation), path, count);
                console.MarkupLineInterpolated($"{all.Rows()} rows in {all.Parts.Count} parts; manifest written to [bold]{path}[/]");
                return Task.FromResult(ExitCode.Success);
            }

            // Refuses what cannot be written, or is read, before the work; the parts have names of their own.
            using (OutputFile.Open(path, source))
            {
            }

            var options = reading.Of(result, cancellation) with
            {
                ChoosesShift = !result.GetValue(noIntercept),
                FineColumns = Trainer.MostParameters,
                LabelsMayBeWords = chosen == ModelLink.Logit,
            };
            var read = showing.Of(result).Reading(progress => DataReader.Read(source, options with { Progress = progress }));
            var manifest = ShardFiles.Write(read, options, chosen, result.GetValue(positive), path, count, cancellation);
            console.MarkupLineInterpolated($"{manifest.Rows()} rows in {manifest.Parts.Count} parts; manifest written to [bold]{path}[/]");
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }
}
