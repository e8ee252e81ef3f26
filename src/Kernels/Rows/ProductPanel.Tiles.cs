using System.Runtime.CompilerServices;
using Kernels.Lanes;
using Kernels.Loops;

namespace Kernels.Rows;

/// <summary>The products of a panel that is filled: its tiles, and the rows of the next one meanwhile.</summary>
internal readonly ref partial struct ProductPanel<TLanes, TLink, TElement>
{
    // The chains of a panel that comes in several calls wait beside C.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void MultiplyPart(int lane, int count, int end, int next)
    {
        var (open, products) = (_memory.At(_layout.Open), _memory.At(_layout.Products));
        Multiply<InOpenSingle>(lane, count, open, next);
        if (end != Contract.PanelRows)
            return;
        for (nint i = 0; i < _layout.ProductFloats; i++)
            products[i] += open[i];
        open.Clear(_layout.ProductFloats);
    }

    // The tiles up to the diagonal; what they write beyond it, and beyond the last row, is not read. Meanwhile the rows of the next panel
    // come to L2, some with each row of tiles: all at once, or to L1, they hold up the tiles for as long as the pack would have waited.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void Multiply<TChain>(int lane, int count, Floats c, int next)
        where TChain : struct, IElement
    {
        var (ahead, floats) = (_o.Row(next), FloatsAhead(next));
        var height = TLanes.ManyRegisters ? EightByTwo.Columns : SixByOne.Columns;
        var share = Lane.RoundUp(floats / ((_layout.Parameters / height) + 1));
        for (nint j = 0; j <= _layout.Parameters; j += height, ahead = ahead.At(share), floats -= share)
        {
            for (nint i = 0; i < Math.Min(share, floats); i += Lane.Count)
                ahead.At(i).PrefetchToL2();
            var end = Math.Min(_layout.Width, (j + height) * _layout.ElementFloats);
            if (_layout.Parameters + 1 - j <= TwoByTwo.Columns)
                Tiles<TChain, TwoByTwo, TwoByOne>(lane, count, j, end, c);
            else if (TLanes.ManyRegisters)
                Tiles<TChain, EightByTwo, EightByOne>(lane, count, j, end, c);
            else
                Tiles<TChain, SixByOne, SixByOne>(lane, count, j, end, c);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Tiles<TChain, TShape, TLast>(int lane, int count, nint j, nint end, Floats c)
        where TChain : struct, IElement
        where TShape : struct, ITileShape
        where TLast : struct, ITileShape
    {
        var (v, q) = (Row(_layout.Values, lane), Row(_layout.Scaled, lane).At(j * _layout.ElementFloats));
        var (stride, width, k) = (_layout.Stride, _layout.Width, (nint)0);
        c = c.At(j * width);
        for (; k + ((TShape.Vectors - 1) * Lane.Count) < end; k += TShape.Vectors * Lane.Count)
            ProductTile<TLanes, TChain, TShape>.Add(q, v.At(k), count, stride, c.At(k), width);
        if (k < end)
            ProductTile<TLanes, TChain, TLast>.Add(q, v.At(k), count, stride, c.At(k), width);
    }

    // None where they lie apart, or would not stay beside V and Q until they are packed.
    private nint FloatsAhead(int next)
    {
        var floats = Math.Min(_layout.Rows, _o.Rows - next) * (nint)_o.Stride;
        return _o.Stride - _layout.Columns < Lane.Count && floats <= PanelLayout.PanelFloats ? floats : 0;
    }
}
