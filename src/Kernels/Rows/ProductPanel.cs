using System.Runtime.CompilerServices;
using Kernels.Lanes;
using Kernels.Links;
using Kernels.Loops;

namespace Kernels.Rows;

/// <summary>
/// A few rows: centred, their margins, what the link makes of them in float64, and their part of XᵀDX and Xᵀr (ARITHMETIC.md, 12 and 13).
/// </summary>
internal readonly ref struct ProductPanel<TLanes, TLink, TElement>(in Operands operands, Floats memory, in PanelLayout layout)
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
            if (typeof(TElement) == typeof(InDouble) || count == Contract.PanelRows)
                Multiply<TElement>(lane, count, _memory.At(_layout.Products));
            else
                MultiplyPart(lane, count, inPanel + count);
            row += count;
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
        Pack(first, lane, count);
        Margins(first, lane, count);
        if (_o.SkipsNaN)
            Select(first, lane, count, ref counts);
        Link(rows);
        for (var i = lane; i < lane + count; i++)
            Scale(i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void Pack(int first, int lane, int count)
    {
        var (x, v) = (_o.Row(first), Row(_layout.Values, lane));
        for (var i = 0; i < count; i++, x = x.At(_o.Stride), v = v.At(_layout.Stride))
        {
            var weight = _o.SampleWeights.IsNull ? 1f : _o.SampleWeights[first + i];
            if (weight == 0f)
            {
                v.Clear(_layout.Width);
                continue;
            }

            PackColumns(x, v);
            Y.SetDouble(lane + i, _o.Y[first + i]);
            S.SetDouble(lane + i, weight);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void Margins(int first, int lane, int count)
    {
        var (v, z) = (Row(_layout.Values, lane), Z.AtDouble(lane));
        for (var i = 0; i < count; i++, v = v.At(_layout.Stride))
        {
            var offset = _o.Offset.IsNull ? 0.0 : _o.Offset[first + i];
            var margin = Margin(v);
            if (!_o.Offset.IsNull)
                margin += offset;
            z.SetDouble(i, margin);
        }

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
            Row(_layout.Values, place).Clear(_layout.Width);
            Z.SetDouble(place, 0);
            Y.SetDouble(place, 0);
            S.SetDouble(place, 0);
            counts.Skipped++;
        }
    }

    // What a row does not have is 0; the centre of the intercept's column is −1.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void PackColumns(Floats x, Floats v)
    {
        var centers = _memory.At(_layout.Centers);
        var end = _layout.Elements;
        for (nint j = 0; j < end; j += Lane.Count)
        {
            var left = _layout.Columns - j;
            var row = left >= Lane.Count ? TLanes.Load(x.At(j)) : TLanes.LoadFirst(x.At(j), (int)Math.Max(0, left));
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
    private double Margin(Floats v)
    {
        var (sum, weights) = (TLanes.Zero, _memory.At(_layout.Weights));
        for (nint j = 0; j < _layout.Width; j += Lane.Count)
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
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Scale(int place)
    {
        var (v, q, d) = (Row(_layout.Values, place), Row(_layout.Scaled, place), D.Double(place));
        var factor = typeof(TElement) == typeof(InDouble) ? TLanes.BroadcastDouble(d) : TLanes.Broadcast((float)d);
        for (nint j = 0; j < _layout.Width; j += Lane.Count)
        {
            var x = TLanes.Load(v.At(j));
            TLanes.Store(typeof(TElement) == typeof(InDouble) ? TLanes.MultiplyDouble(factor, x) : TLanes.Multiply(factor, x), q.At(j));
        }

        if (typeof(TElement) == typeof(InDouble))
            q.SetDouble(_layout.Parameters, R.Double(place));
        else
            q[_layout.Parameters] = (float)R.Double(place);
    }

    // The chains of a panel that comes in several calls wait beside C.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void MultiplyPart(int lane, int count, int end)
    {
        var (open, products) = (_memory.At(_layout.Open), _memory.At(_layout.Products));
        Multiply<InOpenSingle>(lane, count, open);
        if (end != Contract.PanelRows)
            return;
        for (nint i = 0; i < _layout.ProductFloats; i++)
            products[i] += open[i];
        open.Clear(_layout.ProductFloats);
    }

    private void Multiply<TChain>(int lane, int count, Floats c)
        where TChain : struct, IElement
    {
        if (TLanes.ManyRegisters)
            Multiply<TChain, TwoVectors>(lane, count, c, 2 * Lane.Count);
        else
            Multiply<TChain, OneVector>(lane, count, c, Lane.Count);
    }

    // The tiles up to the diagonal; what they write beyond it, and beyond the last row, is not read.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void Multiply<TChain, TVectors>(int lane, int count, Floats c, int width)
        where TChain : struct, IElement
        where TVectors : struct, IVectorCount
    {
        var (v, q) = (Row(_layout.Values, lane), Row(_layout.Scaled, lane));
        for (nint j = 0; j <= _layout.Parameters; j += ProductTile<TLanes, TChain, TVectors>.Height)
        {
            var end = Math.Min(_layout.Width, (j + ProductTile<TLanes, TChain, TVectors>.Height) * _layout.ElementFloats);
            for (nint k = 0; k < end; k += width)
            {
                ProductTile<TLanes, TChain, TVectors>.Add(
                    q.At(j * _layout.ElementFloats), v.At(k), count, _layout.Stride, c.At((j * _layout.Width) + k), _layout.Width);
            }
        }
    }

    private Floats Row(nint part, int place) => _memory.At(part + (place * _layout.Stride));
}
