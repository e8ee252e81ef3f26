using System.Runtime.CompilerServices;
using Kernels.Lanes;
using Kernels.Links;
using Kernels.Loops;

namespace Kernels.Rows;

/// <summary>
/// A few rows: centred, their margins, what the link makes of them in float64, and their part of XᵀDX and Xᵀr (ARITHMETIC.md, 12 and
/// 13).
/// </summary>
internal readonly ref partial struct ProductPanel<TLanes, TLink, TElement>(in Operands operands, Floats memory, in PanelLayout layout)
    where TLanes : struct, ILanes<TLanes>
    where TLink : struct, ILink
    where TElement : struct, IElement
{
    private readonly ref readonly Operands _o = ref operands;
    private readonly ref readonly PanelLayout _layout = ref layout;
    private readonly Floats _memory = memory;

    private Floats Z => _memory.At(_layout.Margins);

    private Floats Y => Z.AtDouble(_layout.Rows);

    private Floats S => Z.AtDouble(2 * _layout.Rows);

    private Floats D => Z.AtDouble(3 * _layout.Rows);

    private Floats R => Z.AtDouble(4 * _layout.Rows);

    /// <summary>Adds consecutive rows of a slice to its sums.</summary>
    /// <param name="sliceRow">The rows that are there already.</param>
    /// <param name="counts">Counts rows that are skipped.</param>
    internal void Add(int sliceRow, ref RowCounts counts)
    {
        for (var row = 0; row < _o.Rows;)
        {
            // Row i of the slice is in lane i mod 8 of the sums, and in float32 in panel i / 64, wherever the rows are cut.
            var inPanel = typeof(TElement) == typeof(InDouble) ? 0 : (sliceRow + row) % Contract.PanelRows;
            var lane = (sliceRow + row) % Lane.DoubleCount;
            var count = Math.Min(_layout.Rows - Math.Max(inPanel, lane), _o.Rows - row);
            AddPanel(row, lane, count, ref counts);
            row += count;
            if (typeof(TElement) == typeof(InDouble) || count == Contract.PanelRows)
                Multiply<TElement>(lane, count, _memory.At(_layout.Products), row);
            else
                MultiplyPart(lane, count, inPanel + count, row);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void AddPanel(int first, int lane, int count, ref RowCounts counts)
    {
        // Lanes without a row have the weight 0: fma(0, loss, sum) is the sum. One loop after the other: the margins wait for nothing.
        var rows = (int)Lane.RoundUpDouble(lane + count);
        Z.Doubles(rows).Clear();
        Y.Doubles(rows).Clear();
        S.Doubles(rows).Clear();
        Targets(first, lane, count);
        Pack(first, lane, count);
        if (!_o.SampleWeights.IsNull)
            LeaveOut(first, lane, count);
        Margins(first, lane, count);
        if (_o.SkipsNaN)
            Select(first, lane, count, ref counts);
        Link(rows);
        Scale(lane, count);
    }

    // Lanes beyond the rows are +0, also where they lie beyond these rows' part: the next part is written later.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void Targets(int first, int lane, int count)
    {
        var (y, s, targets, weights) = (Y.AtDouble(lane), S.AtDouble(lane), _o.Y.At(first), _o.SampleWeights);
        for (var i = 0; i < count; i += Lane.Count)
        {
            var left = Math.Min(Lane.Count, count - i);
            Widen(TLanes.LoadFirst(targets.At(i), left), y.AtDouble(i));
        }

        for (var i = 0; i < count; i += Lane.Count)
        {
            var left = Math.Min(Lane.Count, count - i);
            var ones = TLanes.SelectFirst(left, TLanes.Broadcast(1f), TLanes.Zero);
            Widen(weights.IsNull ? ones : TLanes.LoadFirst(weights.At(first + i), left), s.AtDouble(i));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Widen(TLanes values, Floats to)
    {
        TLanes.Store(TLanes.WidenLower(values), to);
        TLanes.Store(TLanes.WidenUpper(values), to.AtDouble(Lane.DoubleCount));
    }

    private void Pack(int first, int lane, int count)
    {
        if (typeof(TElement) == typeof(InSingle) && _layout.AreCentersSingle)
            Pack<InSingle>(first, lane, count);
        else
            Pack<InDouble>(first, lane, count);
    }

    // What is the same for all rows is looked up once: the compiler cannot know that no store changes it.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void Pack<TCenters>(int first, int lane, int count)
        where TCenters : struct, IElement
    {
        var (x, v, centers) = (_o.Row(first), Row(_layout.Values, lane), CentersAs<TCenters>());
        var (xStride, vStride, columns, elements) = (_o.Stride, _layout.Stride, _layout.Columns, _layout.Elements);
        for (var i = 0; i < count; i++, x = x.At(xStride), v = v.At(vStride))
            PackColumns<TCenters>(x, v, centers, columns, elements);
    }

    // Rows of weight 0 are rows that are not there, whatever they hold.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void LeaveOut(int first, int lane, int count)
    {
        for (var i = 0; i < count; i++)
        {
            if (_o.SampleWeights[first + i] == 0f)
                Clear(lane + i);
        }
    }

    private void Clear(int place)
    {
        Row(_layout.Values, place).Clear(_layout.Width);
        Z.SetDouble(place, 0);
        Y.SetDouble(place, 0);
        S.SetDouble(place, 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void Margins(int first, int lane, int count)
    {
        var (v, z, weights) = (Row(_layout.Values, lane), Z.AtDouble(lane), _memory.At(_layout.Weights));
        var (stride, width) = (_layout.Stride, _layout.Width);
        for (var i = 0; i < count; i++, v = v.At(stride))
            z.SetDouble(i, Margin(v, weights, width));
        for (var i = 0; i < count && !_o.Offset.IsNull; i++)
            z.SetDouble(i, z.Double(i) + _o.Offset[first + i]);

        // What is left out is 0·w, which need not be 0.
        for (var i = 0; i < count && !_o.SampleWeights.IsNull; i++)
        {
            if (_o.SampleWeights[first + i] == 0f)
                z.SetDouble(i, 0);
        }
    }

    // Rows that contain NaN become rows that are not there.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Select(int first, int lane, int count, ref RowCounts counts)
    {
        for (var i = 0; i < count; i++)
        {
            var (row, place) = (first + i, lane + i);
            if (!double.IsNaN(S.Double(place)) && !double.IsNaN(Y.Double(place)) && !(double.IsNaN(Z.Double(place)) && ContainsNaN(row)))
                continue;
            Clear(place);
            counts.Skipped++;
        }
    }

    // What a row does not have is 0; the centre of the intercept's column is −1. A difference of two float32 that is rounded to float64,
    // and then to float32, is the one that is rounded to float32 at once (Figueroa, ACM SIGNUM Newsletter 30, 1995: 53 ≥ 2·24 + 2): a
    // centre that float32 holds needs no float64, nor the conversions there and back.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void PackColumns<TCenters>(Floats x, Floats v, Floats centers, nint columns, nint elements)
        where TCenters : struct, IElement
    {
        for (nint j = 0; j < elements; j += Lane.Count)
        {
            var left = columns - j;
            var row = left >= Lane.Count ? TLanes.Load(x.At(j)) : TLanes.LoadFirst(x.At(j), (int)Math.Max(0, left));
            if (typeof(TCenters) == typeof(InSingle))
            {
                TLanes.Store(TLanes.Subtract(row, TLanes.Load(centers.At(j))), v.At(j));
                continue;
            }

            var lower = TLanes.SubtractDouble(TLanes.WidenLower(row), TLanes.Load(centers.AtDouble(j)));
            var upper = TLanes.SubtractDouble(TLanes.WidenUpper(row), TLanes.Load(centers.AtDouble(j + Lane.DoubleCount)));
            if (typeof(TElement) == typeof(InDouble))
            {
                TLanes.Store(lower, v.AtDouble(j));
                TLanes.Store(upper, v.AtDouble(j + Lane.DoubleCount));
            }
            else
            {
                TLanes.Store(TLanes.Narrow(lower, upper), v.At(j));
            }
        }
    }

    // A vector of lanes from +0, the columns in order, folded in halves.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Margin(Floats v, Floats weights, nint width)
    {
        var sum = TLanes.Zero;
        for (nint j = 0; j < width; j += Lane.Count)
        {
            sum = typeof(TElement) == typeof(InDouble)
                ? TLanes.MultiplyAddDouble(TLanes.Load(v.At(j)), TLanes.Load(weights.At(j)), sum)
                : TLanes.MultiplyAdd(TLanes.Load(v.At(j)), TLanes.Load(weights.At(j)), sum);
        }

        return typeof(TElement) == typeof(InDouble) ? TLanes.FoldDouble(sum) : TLanes.Fold(sum);
    }

    private bool ContainsNaN(int row)
    {
        if (!_o.Offset.IsNull && float.IsNaN(_o.Offset[row]))
            return true;
        var x = _o.Row(row);
        for (nint j = 0; j < _o.Columns; j++)
        {
            if (float.IsNaN(x[j]))
                return true;
        }

        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void Link(int rows)
    {
        var sums = _memory.At(_layout.Sums);
        var (loss, deviance) = (TLanes.Load(sums), TLanes.Load(sums.AtDouble(Lane.DoubleCount)));
        var weight = TLanes.Load(sums.AtDouble(2 * Lane.DoubleCount));
        for (nint i = 0; i < rows; i += Lane.DoubleCount)
        {
            var s = TLanes.Load(S.AtDouble(i));
            var row = TLink.InDouble(TLanes.Load(Z.AtDouble(i)), TLanes.Load(Y.AtDouble(i)));
            loss = TLanes.MultiplyAddDouble(s, row.Loss, loss);
            deviance = TLanes.MultiplyAddDouble(s, row.Deviance, deviance);
            weight = TLanes.AddDouble(weight, s);
            TLanes.Store(TLanes.MultiplyDouble(s, row.Derivative), D.AtDouble(i));
            TLanes.Store(TLanes.MultiplyDouble(s, row.Residual), R.AtDouble(i));
        }

        TLanes.Store(loss, sums);
        TLanes.Store(deviance, sums.AtDouble(Lane.DoubleCount));
        TLanes.Store(weight, sums.AtDouble(2 * Lane.DoubleCount));
    }

    // Q = D·V, and the residual after its last column; in float32 D and r are rounded first.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void Scale(int lane, int count)
    {
        var (v, q, d, r) = (Row(_layout.Values, lane), Row(_layout.Scaled, lane), D.AtDouble(lane), R.AtDouble(lane));
        var (stride, width, parameters) = (_layout.Stride, _layout.Width, _layout.Parameters);
        for (var i = 0; i < count; i++, v = v.At(stride), q = q.At(stride))
        {
            var factor = typeof(TElement) == typeof(InDouble) ? TLanes.BroadcastDouble(d.Double(i)) : TLanes.Broadcast((float)d.Double(i));
            for (nint j = 0; j < width; j += Lane.Count)
            {
                var x = TLanes.Load(v.At(j));
                TLanes.Store(typeof(TElement) == typeof(InDouble) ? TLanes.MultiplyDouble(factor, x) : TLanes.Multiply(factor, x), q.At(j));
            }

            if (typeof(TElement) == typeof(InDouble))
                q.SetDouble(parameters, r.Double(i));
            else
                q[parameters] = (float)r.Double(i);
        }
    }

    private Floats CentersAs<TCenters>()
        where TCenters : struct, IElement =>
        _memory.At(typeof(TCenters) == typeof(InSingle) ? _layout.SingleCenters : _layout.Centers);

    private Floats Row(nint part, int place) => _memory.At(part + (place * _layout.Stride));
}
