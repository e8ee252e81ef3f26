using System.Runtime.CompilerServices;
using Kernels.Lanes;
using Kernels.Loops;

namespace Kernels.Rows;

/// <summary>
/// The two primitives of the fused pass on a block of rows: their margins z = X·w + b, and the gradient's share
/// g += Xᵀr while the block is in cache. Every route below computes the same bits (ARITHMETIC.md, 1 and 4).
/// </summary>
internal static class RowBlock<TLanes>
    where TLanes : struct, ILanes<TLanes>
{
    private const int Eight = 8;

    /// <summary>z[i] = the margin of row <paramref name="row"/> + i, for <paramref name="count"/> rows. z has room for whole vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void Margins(in Operands o, MarginOrder order, nint row, int count, Floats z)
    {
        var lead = row == 0 ? 0 : o.Lead;
        if (Regime.AsksAhead(o.AllRows, o.Columns, o.Stride))
            DotsAhead(o, order, row, count, z);
        else if (lead == 0)
            Dots(o.Row(row), o.Stride, o.Weights, o.Columns, order, count, z);
        else
            LeadingDots(o, lead, order, row, count, z);
        Shift(o, row, count, z);
    }

    // 0 times what there is before a row is 0, unless that is not finite.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void LeadingDots(in Operands o, int lead, MarginOrder order, nint row, int count, Floats z)
    {
        Dots(o.Row(row).At(-lead), o.Stride, o.LeadingWeights, lead + o.Columns, order, count, z);
        for (var i = 0; i < count; i += Lane.Count)
        {
            if (AreFinite(TLanes.LoadFirst(z.At(i), Math.Min(Lane.Count, count - i))))
                continue;
            Dots(o.Row(row), o.Stride, o.Weights, o.Columns, order, count, z);
            return;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Dots(Floats x, nint stride, Floats w, int columns, MarginOrder order, int count, Floats z)
    {
        var done = 0;
        if (order == MarginOrder.Narrow)
        {
            done = count & -Eight;
            NarrowBlock<TLanes>.Run<NotAhead>(x, stride, w, columns, z, done, add: false);
        }
        else if (order == MarginOrder.SideBySide)
        {
            done = count & -(columns > Contract.OneChainColumns ? LongMargins<TLanes>.RowsAtOnce : Eight);
            WideMargins<TLanes>.SideBySide(x, stride, w, columns, z, done);
        }

        if (done < count)
            WideMargins<TLanes>.InOrder<NotAhead>(x.At(done * stride), stride, w, columns, z.At(done), count - done);
    }

    // From memory, where no rows go side by side and none has a lead. By itself: a call on a few rows pays for what is in its way.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void DotsAhead(in Operands o, MarginOrder order, nint row, int count, Floats z)
    {
        var done = order == MarginOrder.Narrow ? count & -Eight : 0;
        NarrowBlock<TLanes>.Run<NarrowAhead>(o.Row(row), o.Stride, o.Weights, o.Columns, z, done, add: false);
        if (done < count)
            WideMargins<TLanes>.InOrder<Ahead>(o.Row(row + done), o.Stride, o.Weights, o.Columns, z.At(done), count - done);
    }

    /// <summary>Adds what the margins of <paramref name="count"/> rows have beside x·w: the intercept, then the offset.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Shift(in Operands o, nint row, int count, Floats z)
    {
        if (o.HasIntercept)
            AddIntercept(o.Intercept, z, count);
        if (!o.Offset.IsNull)
            AddOffset(o.Offset.At(row), z, count);
    }

    /// <summary>Whether none is NaN or infinite: v − v is 0 for a finite v and NaN otherwise, and NaN survives every addition.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool AreFinite(TLanes margins) => TLanes.Fold(TLanes.Subtract(margins, margins)) == 0f;

    /// <summary>Copies weights or a gradient to where <paramref name="lead"/> zeros come before them; room starts with a line.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void CopyWithLead(Floats source, nint count, int lead, Floats room)
    {
        TLanes.Store(TLanes.Zero, room);
        source.CopyTo(room.At(lead), count);
    }

    /// <summary>g += Xᵀr for <paramref name="count"/> rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void AddScaled(in Operands o, nint row, int count, Floats r, Floats gradient)
    {
        var whole = count & -Contract.GroupRows;
        AddWholeGroups(o, row, whole, r, gradient);
        if (whole < count)
            AnyRows<TLanes, Linear>.Add(o.Row(row + whole), o.Stride, r.At(whole), count - whole, leftOut: 0, default, gradient, o.Columns);
        if (o.HasIntercept)
            AddInterceptColumn(r, count, gradient, o.Columns);
    }

    /// <summary>The same for whole groups, without the intercept's column.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void AddWholeGroups(in Operands o, nint row, int count, Floats r, Floats gradient)
    {
        if (o.Columns <= Regime.NarrowColumns)
            NarrowBlock<TLanes>.Run<NotAhead>(o.Row(row), o.Stride, r, o.Columns, gradient, count, add: true);
        else
            AddWide(o, row, count, r, gradient);
    }

    // What is added to the floats before the gradient is nobody's. From memory there is no lead.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddWide(in Operands o, nint row, int count, Floats r, Floats gradient)
    {
        var lead = row == 0 ? 0 : o.Lead;
        if (Regime.AsksAhead(o.AllRows, o.Columns, o.Stride))
            WideGradient<TLanes>.AddScaled<Ahead>(o.Row(row), o.Stride, r, gradient, o.Columns, count);
        else
            WideGradient<TLanes>.AddScaled<NotAhead>(o.Row(row).At(-lead), o.Stride, r, gradient.At(-lead), lead + o.Columns, count);
    }

    /// <summary>The same by groups one at a time, which may leave out rows, or be a part of an open group.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void AddGroups<TTerm>(in Operands o, nint row, int count, Floats r, RowMask leftOut, PartialGroup open, Floats gradient)
        where TTerm : struct, IColumnTerm
    {
        for (var i = 0; i < count; i += Contract.GroupRows)
        {
            var rows = Math.Min(Contract.GroupRows, count - i);
            AnyRows<TLanes, TTerm>.Add(o.Row(row + i), o.Stride, r.At(i), rows, leftOut.From(i), open, gradient, o.Columns);
            if (o.HasIntercept)
                AnyRows<TLanes, TTerm>.AddOnes(r.At(i), rows, open, gradient, o.Columns);
        }
    }

    // Whole vectors: the margins lie in a buffer of them, and nobody reads those beyond the last row.
    private static void AddIntercept(float intercept, Floats z, int count)
    {
        var b = TLanes.Broadcast(intercept);
        for (var i = 0; i < count; i += Lane.Count)
            TLanes.Store(TLanes.Add(TLanes.Load(z.At(i)), b), z.At(i));
    }

    private static void AddOffset(Floats offset, Floats z, int count)
    {
        for (var i = 0; i < count; i += Lane.Count)
            TLanes.Store(TLanes.Add(TLanes.Load(z.At(i)), TLanes.LoadFirst(offset.At(i), Math.Min(Lane.Count, count - i))), z.At(i));
    }

    /// <summary>g[column] += Σ r, by groups: the intercept's share.</summary>
    internal static void AddInterceptColumn(Floats r, int count, Floats gradient, int column)
    {
        var g = gradient[column]; // through memory each group would wait for the last one's store
        var whole = count & -Contract.GroupRows;
        for (var i = 0; i < whole; i += Contract.GroupRows)
            g += r[i] + r[i + 1] + r[i + 2] + r[i + 3];
        if (whole < count)
        {
            var c = r[whole];
            for (var i = whole + 1; i < count; i++)
                c += r[i];
            g += c;
        }

        gradient[column] = g;
    }
}
