using System.Runtime.CompilerServices;
using Kernels.Lanes;
using Kernels.Links;
using Kernels.Loops;

namespace Kernels.Rows;

/// <summary>
/// A few rows in float64: centred, their margins, what the link makes of them, and their part of XᵀDX and Xᵀr (ARITHMETIC.md, 12).
/// </summary>
internal readonly ref struct DoublePanel<TLanes, TLink>(in Operands operands, Floats memory, in PanelLayout layout)
    where TLanes : struct, ILanes<TLanes>
    where TLink : struct, ILink
{
    private readonly ref readonly Operands _o = ref operands;
    private readonly ref readonly PanelLayout _layout = ref layout;
    private readonly Floats _memory = memory;

    private Floats Z => _memory.AtDouble(_layout.Margins);

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
            // Row i of the slice is in lane i mod 8 of the sums, wherever the rows are cut.
            var lane = (sliceRow + row) % Lane.DoubleCount;
            var count = Math.Min(_layout.Rows - lane, _o.Rows - row);
            AddPanel(row, lane, count, ref counts);
            row += count;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void AddPanel(int first, int lane, int count, ref RowCounts counts)
    {
        // Lanes without a row have the weight 0: fma(0, loss, sum) is the sum.
        var rows = (int)Lane.RoundUpDouble(lane + count);
        Z.Doubles(rows).Clear();
        Y.Doubles(rows).Clear();
        S.Doubles(rows).Clear();
        for (var i = 0; i < count; i++)
            Pack(first + i, lane + i, ref counts);
        Link(rows);
        for (var i = lane; i < lane + count; i++)
            Scale(i);
        Multiply(lane, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void Pack(int row, int place, ref RowCounts counts)
    {
        var weight = _o.SampleWeights.IsNull ? 1f : _o.SampleWeights[row];
        var v = Row(_layout.Values, place);
        if (weight == 0f)
        {
            v.Doubles(_layout.Width).Clear();
            return;
        }

        var (x, centers) = (_o.Row(row), _memory.AtDouble(_layout.Centers));
        for (nint j = 0; j < _layout.Width; j += Lane.Count)
        {
            // What a row does not have is 0; the centre of the intercept's column is −1.
            var left = _layout.Columns - j;
            var wide = left >= Lane.Count ? TLanes.Load(x.At(j)) : TLanes.LoadFirst(x.At(j), (int)Math.Max(0, left));
            TLanes.Store(TLanes.SubtractDouble(TLanes.WidenLower(wide), TLanes.Load(centers.AtDouble(j))), v.AtDouble(j));
            var upper = j + Lane.DoubleCount;
            if (upper < _layout.Width)
                TLanes.Store(TLanes.SubtractDouble(TLanes.WidenUpper(wide), TLanes.Load(centers.AtDouble(upper))), v.AtDouble(upper));
        }

        var z = Margin(v);
        if (!_o.Offset.IsNull)
            z += _o.Offset[row];
        if (_o.SkipsNaN && (float.IsNaN(weight) || float.IsNaN(_o.Y[row]) || (double.IsNaN(z) && ContainsNaN(row))))
        {
            v.Doubles(_layout.Width).Clear();
            counts.Skipped++;
            return;
        }

        Z.SetDouble(place, z);
        Y.SetDouble(place, _o.Y[row]);
        S.SetDouble(place, weight);
    }

    // Eight lanes from +0, the columns in order, folded in halves.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private double Margin(Floats v)
    {
        var (sum, weights) = (TLanes.Zero, _memory.AtDouble(_layout.Weights));
        for (nint j = 0; j < _layout.Width; j += Lane.DoubleCount)
            sum = TLanes.MultiplyAddDouble(TLanes.Load(v.AtDouble(j)), TLanes.Load(weights.AtDouble(j)), sum);
        return TLanes.FoldDouble(sum);
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
        var sums = _memory.AtDouble(_layout.Sums);
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

    // Q = D·V, and the residual after its last column.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Scale(int place)
    {
        var (v, q, d) = (Row(_layout.Values, place), Row(_layout.Scaled, place), TLanes.BroadcastDouble(D.Double(place)));
        for (nint j = 0; j < _layout.Width; j += Lane.DoubleCount)
            TLanes.Store(TLanes.MultiplyDouble(d, TLanes.Load(v.AtDouble(j))), q.AtDouble(j));
        if (_layout.Parameters % Lane.DoubleCount == 0)
            TLanes.Store(TLanes.Zero, q.AtDouble(_layout.Width));
        q.SetDouble(_layout.Parameters, R.Double(place));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void Multiply(int lane, int count)
    {
        var (v, q, c) = (Row(_layout.Values, lane), Row(_layout.Scaled, lane), _memory.AtDouble(_layout.Products));
        for (nint j = 0; j <= _layout.Parameters; j += ProductTile<TLanes>.Height)
        {
            var end = Math.Min(_layout.Width, j + ProductTile<TLanes>.Height);
            for (nint k = 0; k < end; k += Lane.DoubleCount)
            {
                ProductTile<TLanes>.Add(
                    q.AtDouble(j), v.AtDouble(k), count, _layout.Stride, c.AtDouble((j * _layout.Width) + k), _layout.Width);
            }
        }
    }

    private Floats Row(nint part, int place) => _memory.AtDouble(part + (place * _layout.Stride));
}
