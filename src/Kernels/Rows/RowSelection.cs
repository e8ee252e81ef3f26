using System.Runtime.CompilerServices;
using Kernels.Lanes;
using Kernels.Links;

namespace Kernels.Rows;

/// <summary>
/// Leaves rows out of a block: those of weight 0, and, where the caller asks for it, those that contain NaN. A row left out has the
/// residual 0 and the loss 0; since 0·NaN is NaN, its columns are left out of the gradient as well.
/// </summary>
/// <remarks>
/// A row of X that holds NaN or ∞ has a margin that is not finite: the margins say at the price of a few operations for sixteen rows
/// whether any row has to be looked at.
/// </remarks>
internal static class RowSelection<TLanes, TLink>
    where TLanes : struct, ILanes<TLanes>
    where TLink : struct, ILink
{
    /// <summary>Whether no row of the block needs <see cref="Apply"/>: a weight of 0 alone is dealt with by the link.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static bool IsPlain(in Operands o, in RowRange range, Floats z, Floats sampleWeights)
    {
        // As Stages.AreFinite does it.
        var bad = TLanes.Zero;
        for (var i = 0; i < range.Count; i += Lane.Count)
        {
            var rows = Math.Min(Lane.Count, range.Count - i);
            var v = TLanes.LoadFirst(z.At(i), rows);
            if (TLink.HasSampleWeights)
            {
                var s = TLanes.LoadFirst(sampleWeights.At(i), rows);
                v = o.SkipsNaN ? TLanes.Add(v, s) : SampleWeight.SelectZero(s, v, TLanes.Zero);
            }

            if (o.SkipsNaN)
                v = TLanes.Add(v, TLanes.LoadFirst(o.Y.At(range.Row + i), rows));
            bad = TLanes.Add(bad, TLanes.Subtract(v, v));
        }

        return TLanes.Fold(bad) == 0f;
    }

    /// <summary>Makes rows that are left out neutral, and copies targets and weights where they can be changed.</summary>
    /// <param name="o">The operands.</param>
    /// <param name="range">The rows; their number is their lane.</param>
    /// <param name="buffers">The margins, which are changed; receives targets and weights.</param>
    /// <param name="y">The targets; may be those of the buffers.</param>
    /// <param name="sampleWeights">The weights, if the link has them.</param>
    /// <param name="skipped">Counts rows that contain NaN.</param>
    /// <returns>The rows left out.</returns>
    internal static RowMask Apply(
        in Operands o, in RowRange range, in SliceBuffers buffers, Floats y, Floats sampleWeights, ref int skipped)
    {
        var z = buffers.Margins.At(range.Number);
        var (targets, weights) = (buffers.Targets.At(range.Number), buffers.SampleWeights.At(range.Number));
        var mask = default(RowMask);
        for (var i = 0; i < range.Count; i++)
        {
            var weight = TLink.HasSampleWeights ? sampleWeights[i] : 1f;
            var containsNaN = weight != 0f && o.SkipsNaN && ContainsNaN(o, range.Row + i, z[i], weight);
            var isOut = weight == 0f || containsNaN;
            if (isOut)
                mask.Set(i);
            if (containsNaN)
                skipped++;
            if (isOut)
                z[i] = TLink.NeutralMargin;
            targets[i] = isOut ? 0f : y[i];
            weights[i] = isOut ? 0f : weight;
        }

        return mask;
    }

    private static bool ContainsNaN(in Operands o, nint row, float z, float weight)
    {
        if (float.IsNaN(weight) || float.IsNaN(o.Y[row]))
            return true;
        if (!float.IsNaN(z))
            return false;
        if (!o.Offset.IsNull && float.IsNaN(o.Offset[row]))
            return true;
        var x = o.Row(row);
        for (nint j = 0; j < o.Columns; j++)
        {
            if (float.IsNaN(x[j]))
                return true;
        }

        return false;
    }
}
