using Kernels.Cli.Data;
using Kernels.Links;
using Kernels.Orleans;
using Kernels.Training;

namespace Kernels.Cli.Cluster;

/// <summary>Rows that were read, as parts and a manifest.</summary>
internal static class ShardFiles
{
    /// <param name="data">The rows.</param>
    /// <param name="options">How they were read.</param>
    /// <param name="link">What their labels are made ready for.</param>
    /// <param name="positive">The label that counts as 1; null for the usual one.</param>
    /// <param name="path">The manifest.</param>
    /// <param name="rows">Rows of a part; 0 for as many as take 64 MiB.</param>
    /// <param name="cancellation">Stops the writing.</param>
    /// <exception cref="DataException">A file cannot be written, or a label is none.</exception>
    internal static ShardManifest Write(
        Datasets data, ReadOptions options, ModelLink link, string? positive, string path, int rows, CancellationToken cancellation) =>
        link.Run(new Work(data, options, link, positive, path, rows, cancellation));

    /// <summary>Appends the rows of a file, read as those of the manifest were, a block at a time.</summary>
    /// <param name="source">The file.</param>
    /// <param name="asked">How it is written; the columns are those of the manifest.</param>
    /// <param name="path">The manifest.</param>
    /// <param name="rows">As for <see cref="Write"/>.</param>
    /// <exception cref="DataException">The file is not like those before it, or a file cannot be read or written.</exception>
    internal static ShardManifest Append(string source, ReadOptions asked, string path, int rows)
    {
        try
        {
            var manifest = ShardManifest.Read(path);
            CheckSame(asked, manifest, path);
            var link = ModelLinks.Parse(manifest.Link)
                ?? throw new DataException(path, "does not say which link its labels are ready for: kernels shard did not write it");
            return link.Run(new AppendWork(source, asked, manifest, path, rows));
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new DataException(path, e.Message);
        }
    }

    // Said again is said right, or the rows are not what their owner takes them for.
    private static void CheckSame(ReadOptions asked, ShardManifest manifest, string path)
    {
        Check("--target", asked.Target, manifest.Target ?? manifest.TargetColumn);
        Check("--weight-column", asked.Weight, manifest.WeightColumn);
        Check("--offset-column", asked.OffsetIsExposure ? null : asked.Offset, manifest.OffsetColumn);
        Check("--exposure-column", asked.OffsetIsExposure ? asked.Offset : null, manifest.ExposureColumn);
        if (asked.SkipsNaN && !manifest.SkipsNaN)
            throw new DataException("--skip-nan", $"{Message.Quote(path)} was begun without");
        if (asked.Dropped.Count + asked.Features.Count + asked.Categorical.Count > 0)
            throw new DataException("--append", "takes the columns from the manifest: no --drop, --features, --categorical");

        void Check(string option, string? given, string? said)
        {
            if (given is not null && given != said)
                throw new DataException(
                    option, $"{Message.Quote(path)} was begun with {(said is null ? "none" : $"'{Message.Quote(said)}'")}");
        }
    }

    private static bool SameShift(double[]? read, IReadOnlyList<double>? said) =>
        said is null ? read is null : read is not null && read.SequenceEqual(said);

    private sealed class AppendWork(string source, ReadOptions asked, ShardManifest manifest, string path, int rows)
        : IForLink<ShardManifest>
    {
        public ShardManifest Run<TLink>()
            where TLink : struct, ILink
        {
            var options = asked with
            {
                Target = manifest.Target ?? manifest.TargetColumn,
                Weight = manifest.WeightColumn,
                Offset = manifest.OffsetColumn ?? manifest.ExposureColumn,
                OffsetIsExposure = manifest.ExposureColumn is not null,
                SkipsNaN = manifest.SkipsNaN,
                Shift = manifest.Shift?.ToArray(),
                Categories = manifest.Categories,
                LabelsMayBeWords = manifest.LabelWords is not null,
                KnownLabels = manifest.LabelWords,
            };
            var writer = ShardWriter.Append(path, rows);
            var (sum, weight) = (manifest.TargetSum, manifest.TargetWeight);
            foreach (var block in DataReader.ReadFor(source, options, [.. manifest.Features], labeled: true))
            {
                options.Cancellation.ThrowIfCancellationRequested();
                if (!SameShift(block.Shift, manifest.Shift))
                    throw new DataException(source,
                        $"is not read less a constant a column, as {Message.Quote(path)} was; CSV, Parquet, Arrow and raw files are");
                var data = new Datasets([block]);
                if (typeof(TLink) == typeof(Logit) && manifest.Labels is null
                    && Array.Find(block.Labels ?? [], label => label is < 0 or > 1) is not 0 and var other)
                    throw new DataException(source, $"there is a label {other}; those of {Message.Quote(path)} are from 0 to 1");
                var (targets, _) = data.Targets<TLink>(manifest.Labels);
                (sum, weight) = data.SumTargets(targets, sum, weight);
                writer.Add(block.Observations(intercept: false, targets[0]));
            }

            return writer.Complete(said => said with { TargetSum = sum, TargetWeight = weight });
        }
    }

    private sealed class Work(
        Datasets data, ReadOptions options, ModelLink link, string? positive, string path, int rows, CancellationToken cancellation)
        : IForLink<ShardManifest>
    {
        public ShardManifest Run<TLink>()
            where TLink : struct, ILink
        {
            var (targets, labels) = data.Targets<TLink>(positive: positive);
            var (sum, weight) = data.SumTargets(targets);
            var description = new ShardManifest
            {
                Features = data.Features,
                Target = data.Target,
                TargetColumn = data.Target is null ? options.Target : null,
                Parts = [],
                Shift = data.Shift,
                Categories = data.Categories,
                Link = link.ToText(),
                Labels = labels,
                TargetSum = sum,
                TargetWeight = weight,
                LabelWords = link != ModelLink.Logit ? null : data.WordsOf(labels),
                WeightColumn = options.Weight,
                OffsetColumn = options.OffsetIsExposure ? null : options.Offset,
                ExposureColumn = options.OffsetIsExposure ? options.Offset : null,
            };
            try
            {
                return ShardWriter.Write(
                    new DatasetBlocks(data, targets, intercept: false), path, description, rows, cancellationToken: cancellation);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new DataException(path, "cannot be written: " + e.Message);
            }
        }
    }
}
