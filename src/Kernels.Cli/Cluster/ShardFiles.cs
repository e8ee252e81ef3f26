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

    private sealed class Work(
        Datasets data, ReadOptions options, ModelLink link, string? positive, string path, int rows, CancellationToken cancellation)
        : IForLink<ShardManifest>
    {
        public ShardManifest Run<TLink>()
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
