using System.Buffers;
using Kernels.Links;

namespace Kernels.Training.Shards;

/// <summary>Rows as others, with as many features.</summary>
internal delegate Observations RowTransform(in Observations rows);

/// <summary>Loss and gradient, of rows or of rows made out of them.</summary>
/// <param name="sum">What they are added to.</param>
/// <param name="transform">Null for the rows themselves.</param>
internal sealed class GradientOf<TLink>(GradientAccumulator<TLink> sum, RowTransform? transform) : IRowSums<GradientOf<TLink>>
    where TLink : struct, ILink
{
    internal GradientAccumulator<TLink> Sum => sum;

    public void Add(in Observations rows, long first) => sum.Add(transform is null ? rows : transform(rows));

    public void Merge(GradientOf<TLink> next) => sum.Merge(next.Sum);

    public void Write(BinaryWriter writer)
    {
        var buffer = new ArrayBufferWriter<byte>();
        sum.Write(buffer);
        writer.WriteBlock(buffer.WrittenSpan);
    }

    internal static GradientOf<TLink> Read(BinaryReader reader, long first)
    {
        var sum = GradientAccumulator<TLink>.Read(new(reader.ReadBlock()));
        return sum.FirstRow == first ? new(sum, null) : throw new InvalidDataException("The answer contradicts itself.");
    }
}

/// <summary>The Hessian and what belongs to it, of rows or of rows made out of them.</summary>
/// <param name="sum">What they are added to.</param>
/// <param name="transform">Null for the rows themselves.</param>
internal sealed class HessianOf<TLink>(HessianAccumulator<TLink> sum, RowTransform? transform) : IRowSums<HessianOf<TLink>>
    where TLink : struct, ILink
{
    internal HessianAccumulator<TLink> Sum => sum;

    public void Add(in Observations rows, long first) => sum.Add(transform is null ? rows : transform(rows));

    public void Merge(HessianOf<TLink> next) => sum.Merge(next.Sum);

    public void Write(BinaryWriter writer)
    {
        var buffer = new ArrayBufferWriter<byte>();
        sum.Write(buffer);
        writer.WriteBlock(buffer.WrittenSpan);
    }

    internal static HessianOf<TLink> Read(BinaryReader reader, long first)
    {
        var sum = HessianAccumulator<TLink>.Read(new(reader.ReadBlock()));
        return sum.FirstRow == first ? new(sum, null) : throw new InvalidDataException("The answer contradicts itself.");
    }
}
