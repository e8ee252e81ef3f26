using Kernels.Links;

namespace Kernels.Training.Fits;

/// <summary>Something that rows are added to, and that is put together from the sums of neighbouring ranges of rows.</summary>
internal interface IRowSums<TSelf>
    where TSelf : IRowSums<TSelf>
{
    /// <param name="rows">The next rows.</param>
    /// <param name="first">The number of the first of them.</param>
    void Add(in Observations rows, long first);

    /// <summary>Adds what the rows that follow have come to.</summary>
    void Merge(TSelf next);
}

/// <summary>Rows as others, with as many features.</summary>
internal delegate Observations RowTransform(in Observations rows);

/// <summary>The Hessian and what belongs to it, of rows made out of the rows.</summary>
internal sealed class HessianOf<TLink>(HessianAccumulator<TLink> sum, RowTransform transform) : IRowSums<HessianOf<TLink>>
    where TLink : struct, ILink
{
    internal HessianAccumulator<TLink> Sum => sum;

    public void Add(in Observations rows, long first) => sum.Add(transform(rows));

    public void Merge(HessianOf<TLink> next) => sum.Merge(next.Sum);
}
