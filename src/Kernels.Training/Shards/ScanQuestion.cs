using Kernels.Links;
using Kernels.Training.Fits;

namespace Kernels.Training.Shards;

/// <summary>What a fit looks at first.</summary>
/// <param name="origin">What sums are taken around.</param>
internal sealed class ScanQuestion<TLink>(double[] origin) : Question<SliceSums<ColumnScan>>
    where TLink : struct, ILink
{
    internal override QuestionKind Kind => QuestionKind.Scan;

    internal override byte Link => LinkOf<TLink>();

    internal override void Write(BinaryWriter writer) => writer.Write(origin.AsSpan());

    internal override SliceSums<ColumnScan> Empty(long first) =>
        new(() => new(origin), (sums, in rows, start) => sums.Add<TLink>(rows, start));

    internal override SliceSums<ColumnScan> Read(BinaryReader reader, long first) =>
        Empty(first).Read(reader, r => ColumnScan.Read(r, origin));
}
