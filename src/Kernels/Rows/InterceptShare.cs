using Kernels.Lanes;
using Kernels.Loops;

namespace Kernels.Rows;

/// <summary>The gradient's share of the virtual column of ones: Σ r by groups (ARITHMETIC.md, 4).</summary>
internal static class InterceptShare
{
    /// <param name="r">The ring of residuals.</param>
    /// <param name="rows">The rows, from the first of a group on.</param>
    /// <param name="sum">The column's sum so far.</param>
    internal static void Add(Floats r, in RowRange rows, Floats sum)
    {
        var g = sum[0]; // through memory each group would wait for the last one's store
        var whole = rows.Count & -Contract.GroupRows;
        for (var i = 0; i < whole; i += Contract.GroupRows)
        {
            var group = r.At((rows.Number + i) & Ring.Mask);
            g += group[0] + group[1] + group[2] + group[3];
        }

        if (whole < rows.Count)
        {
            var group = r.At((rows.Number + whole) & Ring.Mask);
            var c = group[0];
            for (var i = 1; i < rows.Count - whole; i++)
                c += group[i];
            g += c;
        }

        sum[0] = g;
    }
}
