using System.Runtime.CompilerServices;
using Kernels.Lanes;
using Kernels.Links;
using Kernels.Loops;

namespace Kernels.Rows;

/// <summary>Which requests are so small that a plan, and the calls that follow it, take longer than their rows.</summary>
internal static class FewRows
{
    internal const int MostRows = 8;

    // Zen 4, 512 and 256 bits, ns without and with: 8×8 71 and 78, 50 and 56; 8×32 81 and 77, 52 and 56; 8×128 98 and 106, 80 and 107;
    // 8×256 130 and 138, 134 and 142. Two halves of eight: 16×8 84 and 70, 73 and 75; 16×128 134, 155.
    private const int MostColumns = 128;

    /// <summary>Whether this is the faster way.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool Takes(int rows, int columns) => (uint)(rows - 1) < MostRows && columns <= MostColumns;
}

/// <summary>Such rows, in one method.</summary>
internal static class FewRows<TLanes, TLink>
    where TLanes : struct, ILanes<TLanes>
    where TLink : struct, ILink
{
    /// <summary>The means of rows.</summary>
    /// <param name="x">The first row.</param>
    /// <param name="stride">Floats from one row to the next.</param>
    /// <param name="rows">1 to 8.</param>
    /// <param name="w">As many weights as columns.</param>
    /// <param name="columns">How many.</param>
    /// <param name="intercept">The weight of the intercept; null for none.</param>
    /// <param name="sums">Room for the sums of eight rows, sixteen each; from the start of a line. Not allocated here, for that would
    /// make a call of this.</param>
    /// <param name="means">One a row.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Means(Floats x, nint stride, int rows, Floats w, int columns, Floats intercept, Floats sums, Floats means)
    {
        var row = 0;
        for (; row < rows; row++, x = x.At(stride))
            TLanes.Store(Row<TLanes>.Dot<OneChain, NoPrefetch>(x, w, columns), sums.At(row * Lane.Count));
        for (; row < FewRows.MostRows; row++)
            TLanes.Store(TLanes.Zero, sums.At(row * Lane.Count));
        var eight = TLanes.Fold8(
            TLanes.Fold4(Sum(sums, 0), Sum(sums, 1), Sum(sums, 2), Sum(sums, 3)),
            TLanes.Fold4(Sum(sums, 4), Sum(sums, 5), Sum(sums, 6), Sum(sums, 7)));
        var z = TLanes.Fold16(eight, TLanes.Zero);
        if (!intercept.IsNull)
            z = TLanes.Add(z, TLanes.Broadcast(intercept[0]));
        TLanes.StoreFirst(TLink.Mean(z), means, rows);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Sum(Floats sums, int row) => TLanes.Load(sums.At(row * Lane.Count));
}
