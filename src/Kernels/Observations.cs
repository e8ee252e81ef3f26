using System.Runtime.CompilerServices;
using Kernels.Passes;

namespace Kernels;

/// <summary>
/// A read-only view of what a model is fitted to: N rows of features with their targets, and, as far as they are given, a weight and an
/// offset for each row. The spans are checked here, once, against the shape of X.
/// </summary>
/// <remarks>
/// With sample weights sᵢ and an offset oᵢ, zᵢ = xᵢ·w + b + oᵢ, J(w) = Σ sᵢ·loss(zᵢ, yᵢ) and ∇J = Xᵀ(s ∘ (μ(z)
/// − y)). A mean is divided by Σ sᵢ. Class weights are sample weights: a row's weight is that of its class.
/// </remarks>
public readonly ref struct Observations
{
    /// <summary>Rows with their targets.</summary>
    /// <param name="x">N × d.</param>
    /// <param name="targets">N targets.</param>
    /// <exception cref="ArgumentException"><paramref name="targets"/> has another length.</exception>
    public Observations(scoped in DesignMatrix x, ReadOnlySpan<float> targets)
    {
        Guard.OfRows(x, targets, nameof(targets));
        X = x;
        Targets = targets;
    }

    private Observations(scoped in DesignMatrix x) => X = x;

    /// <summary>The design matrix, N × d.</summary>
    public DesignMatrix X { get; }

    /// <summary>N targets.</summary>
    public ReadOnlySpan<float> Targets { get; }

    /// <summary>
    /// N weights, or empty (the default) where every row counts once. A row of weight 0 contributes nothing, even if it holds NaN. Weights
    /// are used as they are: a negative one subtracts its row, NaN comes out as NaN.
    /// </summary>
    /// <exception cref="ArgumentException">Neither empty nor of length N.</exception>
    public ReadOnlySpan<float> SampleWeights
    {
        get;
        init
        {
            Guard.OfRowsOrEmpty(X, value, nameof(SampleWeights));
            field = value;
        }
    }

    /// <summary>N floats that are added to the margins, after the intercept; or empty, the default. In Poisson regression the logarithm of
    /// the exposure.</summary>
    /// <exception cref="ArgumentException">Neither empty nor of length N.</exception>
    public ReadOnlySpan<float> Offset
    {
        get;
        init
        {
            Guard.OfRowsOrEmpty(X, value, nameof(Offset));
            field = value;
        }
    }

    /// <summary>What becomes of rows that contain NaN: by default it comes out.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not one of the two values.</exception>
    public RowsWithNaN RowsWithNaN
    {
        get;
        init
        {
            Guard.Known(value, nameof(RowsWithNaN));
            field = value;
        }
    }

    /// <summary>Hands over all rows, chunk by chunk, to work of one's own: in order on this thread, or on several.</summary>
    /// <param name="chunkRows">Rows of a chunk, 1 or more; the last has what is left. Work that depends on a chunk alone, and is put
    /// together in the order of the chunks, so comes to the same on any number of threads.</param>
    /// <param name="work">Called once a chunk; with <paramref name="parallel"/> on several threads at once and in any order.</param>
    /// <param name="parallel">How many threads; null for this one. A chunk that has begun is not cancelled.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="chunkRows"/> is below 1.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; some chunks may have been worked on.</exception>
    /// <exception cref="AggregateException">What <paramref name="work"/> has thrown on threads of the pool.</exception>
    public void ForEachChunk(int chunkRows, ChunkWork work, ParallelOptions? parallel = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(chunkRows, 1);
        ArgumentNullException.ThrowIfNull(work);
        Call.ForEachChunk(this, chunkRows, work, parallel);
    }

    /// <summary>Rows to predict.</summary>
    internal static Observations WithoutTargets(scoped in DesignMatrix x, ReadOnlySpan<float> offset) => new(x) { Offset = offset };

    /// <summary>Refuses memory that is going to be written while these rows are read: what every member that writes asks, for methods of
    /// one's own.</summary>
    /// <param name="written">What is going to be written.</param>
    /// <param name="parameter">Its name, for the message.</param>
    /// <exception cref="ArgumentException"><paramref name="written"/> shares memory with X (the gaps between its rows included), the
    /// targets, the weights or the offsets.</exception>
    public void ThrowIfOverlaps(ReadOnlySpan<float> written, [CallerArgumentExpression(nameof(written))] string parameter = "") =>
        Guard.NoOverlap(written, this, parameter);

    /// <summary>Consecutive rows, with what belongs to them.</summary>
    /// <param name="start">The first row, 0 to N.</param>
    /// <param name="rows">How many rows, 0 to N − start.</param>
    /// <returns>A view of those rows.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The rows are not all there.</exception>
    public Observations Slice(int start, int rows) => new(X.Slice(start, rows), Targets.Slice(start, rows))
    {
        SampleWeights = SampleWeights.IsEmpty ? default : SampleWeights.Slice(start, rows),
        Offset = Offset.IsEmpty ? default : Offset.Slice(start, rows),
        RowsWithNaN = RowsWithNaN,
    };
}
