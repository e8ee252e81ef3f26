using System.Buffers;
using System.Runtime.InteropServices;
using Kernels.Links;
using Kernels.Passes;

namespace Kernels;

/// <summary>
/// J(w), its deviance, ∇J(w) and ∇²J(w) = XᵀDX in float64, of rows that come block by block, in one read of X. However the rows are
/// cut, on every vector width and any number of threads, the result has the same bits.
/// </summary>
/// <remarks>
/// <para>For what float32 sums cannot tell: the last steps of a fit, standard errors, collinear columns, data whose units differ by many
/// orders of magnitude. With centres the columns are xⱼ − mⱼ, subtracted in float64 as a row is loaded: a sum of uncentred columns
/// cancels where a mean is many deviations away from 0. With the canonical link the Hessian is the Fisher information (McCullagh and
/// Nelder, Generalized Linear Models, 2nd ed., §2.5).</para>
/// <para>Every element is one chain of fused multiply-adds over the rows of a slice, and slices are added along a tree: its error is below
/// some (1029 + log₂(N/1024))·2⁻⁵³ of the sum of its terms' magnitudes, for given margins; <c>Glm.HessianErrorBound</c> has the
/// whole bound.</para>
/// <para>Memory: 8 bytes for each of the p(p + 1)/2 elements in each node of the tree, log₂(N/1024) of them, and twice as much to work
/// in. An instance is not safe for use by several threads at once.</para>
/// </remarks>
/// <typeparam name="TLink"><see cref="Logit"/>, <see cref="Identity"/> or <see cref="Log"/>.</typeparam>
public sealed class HessianAccumulator<TLink>
    where TLink : struct, ILink
{
    /// <summary>Rows of a slice: where ranges that are to be merged may border.</summary>
    public const int SliceRows = Contract.SliceRows;

    private readonly HessianSums _sums;
    private bool? _weighted;

    /// <summary>An accumulator without rows.</summary>
    /// <param name="weights">The w at which all is taken, finite or not; copied. The last is the intercept, if there is one.</param>
    /// <param name="centers">What is subtracted from the columns, one each; empty for nothing. Copied.</param>
    /// <param name="intercept">Whether the rows have an intercept.</param>
    /// <param name="firstRow">The number of the first row in the whole data; a multiple of <see cref="SliceRows"/>.</param>
    /// <exception cref="ArgumentException">An intercept without a weight, another number of centres than of columns, or more weights than
    /// a packed Hessian can have (32,000).</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="firstRow"/> is negative or no multiple of
    /// <see cref="SliceRows"/>.</exception>
    public HessianAccumulator(
        ReadOnlySpan<double> weights, ReadOnlySpan<double> centers = default, bool intercept = false, long firstRow = 0)
        : this(weights, centers, intercept, firstRow, elementFloats: 2)
    {
    }

    private HessianAccumulator(
        ReadOnlySpan<double> weights, ReadOnlySpan<double> centers, bool intercept, long firstRow, int elementFloats)
    {
        if (intercept && weights.IsEmpty)
            throw new ArgumentException("There are no weights, but there is an intercept.", nameof(weights));
        var columns = weights.Length - (intercept ? 1 : 0);
        Guard.SecondOrder(weights, centers, columns);
        if (firstRow < 0 || firstRow % SliceRows != 0)
            throw new ArgumentOutOfRangeException(
                nameof(firstRow), firstRow, $"The first row is {firstRow}; it must be a multiple of {SliceRows}.");
        HasIntercept = intercept;
        _sums = new(weights, centers, columns, firstRow, elementFloats);
    }

    private HessianAccumulator(HessianSums sums, bool? weighted) =>
        (_sums, _weighted, HasIntercept) = (sums, weighted, sums.Weights.Length > sums.Centers.Length);

    /// <summary>An accumulator whose products are float32, as those of <c>Glm.HessianSingle</c>.</summary>
    /// <param name="weights">The w at which all is taken; copied. The last is the intercept, if there is one.</param>
    /// <param name="centers">What is subtracted from the columns, one each; empty for nothing. Copied.</param>
    /// <param name="intercept">Whether the rows have an intercept.</param>
    /// <param name="firstRow">The number of the first row in the whole data; a multiple of <see cref="SliceRows"/>.</param>
    /// <returns>An accumulator without rows.</returns>
    /// <exception cref="ArgumentException">As for the constructor.</exception>
    public static HessianAccumulator<TLink> WithSingleProducts(
        ReadOnlySpan<float> weights, ReadOnlySpan<double> centers = default, bool intercept = false, long firstRow = 0)
    {
        var wide = new double[weights.Length];
        for (var j = 0; j < wide.Length; j++)
            wide[j] = weights[j];
        return new(wide, centers, intercept, firstRow, elementFloats: 1);
    }

    /// <summary>The number of the first row in the whole data.</summary>
    public long FirstRow => _sums.FirstRow;

    /// <summary>Rows added, those skipped included.</summary>
    public long Rows => _sums.Rows;

    /// <summary>Rows that were left out because they contain NaN.</summary>
    public long SkippedRows => _sums.SkippedRows;

    /// <summary>Whether the last weight is an intercept.</summary>
    public bool HasIntercept { get; }

    /// <summary>The w at which all is taken.</summary>
    public ReadOnlySpan<double> Weights => _sums.Weights;

    /// <summary>What is subtracted from the columns.</summary>
    public ReadOnlySpan<double> Centers => _sums.Centers;

    /// <summary>Adds the next rows.</summary>
    /// <param name="data">Rows with as many columns, and an intercept or none, as this accumulator. Either all blocks have sample weights
    /// or none has.</param>
    /// <exception cref="ArgumentException">The rows do not fit; nothing was added.</exception>
    public void Add(in Observations data)
    {
        if (data.X.Columns != Centers.Length || data.X.HasIntercept != HasIntercept)
            throw new ArgumentException(
                $"The rows have {Describe(data.X.Columns, data.X.HasIntercept)}; "
                    + $"this accumulator is for {Describe(Centers.Length, HasIntercept)}.",
                nameof(data));
        var weighted = !data.SampleWeights.IsEmpty;
        if (data.X.Rows == 0)
            return;
        if (_weighted is { } before && before != weighted)
            throw new ArgumentException(
                $"The rows have {(weighted ? "sample weights" : "no sample weights")}, unlike those added before.", nameof(data));
        if (long.MaxValue - FirstRow - Rows < data.X.Rows)
            throw new ArgumentException(
                $"{data.X.Rows} rows from row {FirstRow + Rows} on: their numbers go beyond {long.MaxValue}.", nameof(data));
        _weighted = weighted;
        Call.AddHessian<TLink>(data, _sums, options: null);
    }

    /// <summary>Adds all rows of the accumulator of the range that follows this one's; that one stays as it is.</summary>
    /// <param name="next">Taken at the same w and centres; its first row is the one after this accumulator's last.</param>
    /// <exception cref="ArgumentException">The two do not fit: other weights or centres, another intercept, a gap between their rows,
    /// sample weights in one of them only, or a border that is no multiple of <see cref="SliceRows"/>. Nothing was added.</exception>
    public void Merge(HessianAccumulator<TLink> next)
    {
        ArgumentNullException.ThrowIfNull(next);
        if (next.HasIntercept != HasIntercept || next._sums.ElementFloats != _sums.ElementFloats
            || !SameBits(next.Weights, Weights) || !SameBits(next.Centers, Centers))
            throw new ArgumentException("The weights, the centres or the products of the two accumulators differ.", nameof(next));
        if (next.FirstRow != FirstRow + Rows)
            throw new ArgumentException(
                $"The rows end at {FirstRow + Rows}, and the next begin at {next.FirstRow}; "
                    + $"the border must be the same, and a multiple of {SliceRows}.",
                nameof(next));
        if (_weighted is { } one && next._weighted is { } other && one != other)
            throw new ArgumentException("Only one of the two accumulators has sample weights.", nameof(next));

        _weighted ??= next._weighted;
        _sums.Merge(next._sums);
    }

    /// <summary>The sums of the rows so far.</summary>
    /// <param name="gradient">∇J(w); overwritten: as long as the weights.</param>
    /// <param name="hessian">The lower triangle of ∇²J(w), row by row: element (j, k ≤ j) at j(j + 1)/2 + k. Overwritten; as long as
    /// that takes.</param>
    /// <returns>Loss, deviance and total weight; all 0 without rows.</returns>
    /// <exception cref="ArgumentException">A span has another length.</exception>
    public HessianEvaluation Evaluate(Span<double> gradient, Span<double> hessian)
    {
        Guard.SecondOrder(Weights.Length, gradient, hessian);
        return _sums.Total(gradient, hessian);
    }

    /// <summary>Starts over, without rows, at other weights.</summary>
    /// <param name="weights">As many as before.</param>
    /// <exception cref="ArgumentException"><paramref name="weights"/> has another length.</exception>
    public void Reset(ReadOnlySpan<double> weights)
    {
        if (weights.Length != Weights.Length)
            throw new ArgumentException(
                $"The length of weights is {weights.Length}; the accumulator has {Weights.Length}.", nameof(weights));
        _sums.Reset(weights);
        _weighted = null;
    }

    /// <summary>Writes the accumulator, little-endian, with the versions of the format and of the arithmetic contract and a
    /// checksum.</summary>
    /// <param name="destination">Receives some 8 bytes for each element of gradient and Hessian, for each level of the tree that the rows
    /// take: one, if there are 2ᵏ slices from a multiple of that on.</param>
    public void Write(IBufferWriter<byte> destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        HessianFormat.Write(_sums, AccumulatorFormat.LinkOf<TLink>(), _weighted, destination);
    }

    /// <summary>Reads what <see cref="Write"/> wrote, on any machine.</summary>
    /// <param name="source">All the bytes, and no others.</param>
    /// <returns>An accumulator with the same bits.</returns>
    /// <exception cref="InvalidDataException">The bytes are damaged, of another link, another format or another version of the arithmetic
    /// contract.</exception>
    public static HessianAccumulator<TLink> Read(in ReadOnlySequence<byte> source)
    {
        var sums = HessianFormat.Read(source, AccumulatorFormat.LinkOf<TLink>(), out var weighted);
        return new(sums, weighted);
    }

    private static bool SameBits(ReadOnlySpan<double> a, ReadOnlySpan<double> b) =>
        MemoryMarshal.AsBytes(a).SequenceEqual(MemoryMarshal.AsBytes(b));

    private static string Describe(int columns, bool intercept) =>
        $"{columns} columns {(intercept ? "and an intercept" : "and no intercept")}";
}
