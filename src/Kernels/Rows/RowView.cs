using System.Runtime.CompilerServices;
using Kernels.Lanes;
using Kernels.Loops;

namespace Kernels.Rows;

/// <summary>X, weights and gradient as the loops see them: as the caller has them, or lined up.</summary>
/// <remarks>
/// Where all rows start at the same place in a line, but not at its beginning, each of their vectors would be two lines. Lined up, a row
/// counts as one that starts with its line: what is there before it meets weights of 0. Every lane adds up the same columns in the same
/// order, it only is another lane; and the folds add up the same pairs, whichever lane is the first. The gradient's padding lanes are
/// discarded. But 0·∞ and 0·NaN are NaN: margins that are not finite are taken again from where their rows start.
/// </remarks>
[method: MethodImpl(MethodImplOptions.AggressiveInlining)]
internal struct RowView(Floats x, nint stride, int columns, Floats weights, Floats gradient)
{
    /// <summary>The first row, from <see cref="Lead"/> floats before it on.</summary>
    internal Floats X = x;

    internal nint Stride = stride;

    /// <summary>Columns, those of the lead included.</summary>
    internal int Columns = columns;

    /// <summary>Floats before every row that count as its own.</summary>
    internal int Lead;

    /// <summary>As many weights as columns; zeros first, if there is a lead.</summary>
    internal Floats Weights = weights;

    /// <summary>The gradient, from the lead on; null where none is wanted.</summary>
    internal Floats Gradient = gradient;

    /// <summary>Columns of a margin.</summary>
    internal readonly int OwnColumns => Columns - Lead;

    /// <summary>The rows as a loop takes them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal readonly Block Block(in RowRange rows) => new(X.At(rows.Row * Stride), Stride, Columns, rows.Number, rows.Count);

    /// <summary>The same rows from where they start.</summary>
    internal readonly RowView Plain() => this with { X = X.At(Lead), Columns = OwnColumns, Lead = 0, Weights = Weights.At(Lead) };

    /// <summary>The same rows lined up.</summary>
    /// <param name="lead">Floats before every row that count as its own.</param>
    /// <param name="weights">Receives as many zeros, and the weights; starts with a line.</param>
    internal readonly RowView LinedUp<TLanes>(int lead, Floats weights)
        where TLanes : struct, ILanes<TLanes>
    {
        Copy<TLanes>(Weights, Columns, lead, weights);
        return this with { X = X.At(-lead), Columns = Columns + lead, Lead = lead, Weights = weights };
    }

    /// <summary>The same with a gradient of so many parameters, copied alike.</summary>
    internal readonly RowView LinedUp<TLanes>(int lead, Floats weights, nint parameters, Floats gradient)
        where TLanes : struct, ILanes<TLanes>
    {
        if (Gradient.IsNull)
            return LinedUp<TLanes>(lead, weights);
        Copy<TLanes>(Gradient, parameters, lead, gradient);
        return LinedUp<TLanes>(lead, weights) with { Gradient = gradient };
    }

    private static void Copy<TLanes>(Floats source, nint count, int lead, Floats room)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes.Store(TLanes.Zero, room);
        source.CopyTo(room.At(lead), count);
    }
}
