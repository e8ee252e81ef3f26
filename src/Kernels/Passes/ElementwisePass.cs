using System.Runtime.CompilerServices;
using Kernels.Lanes;
using Kernels.Links;
using Kernels.Rows;

namespace Kernels.Passes;

/// <summary>A function of one float, sixteen at a time.</summary>
internal interface IElementwise
{
    static abstract TLanes Of<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes>;
}

/// <summary>f(x) to the output for every row of a one-column matrix; the output may be the matrix itself.</summary>
internal readonly struct ElementwisePass<TFunction> : IPass
    where TFunction : struct, IElementwise
{
    public static Question Question => Question.Margins;

    public static nint Workspace(int rows, nint parameters) => 0;

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static Totals Run<TLanes>(in Operands o, ref RowCounts counts)
        where TLanes : struct, ILanes<TLanes>
    {
        var (x, output, n) = (o.X, o.Output, (nint)o.Rows);
        nint i = 0;
        for (; i <= n - Lane.Count; i += Lane.Count)
            TLanes.Store(TFunction.Of(TLanes.Load(x.At(i))), output.At(i));
        var tail = (int)(n - i);
        if (tail > 0)
            TLanes.StoreFirst(TFunction.Of(TLanes.LoadFirst(x.At(i), tail)), output.At(i), tail);
        return default;
    }
}

/// <summary>μ(x) of a link: σ for logit, eˣ for log.</summary>
internal readonly struct MeanFunction<TLink> : IElementwise
    where TLink : struct, ILink
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Of<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes> => TLink.Mean(x);
}

/// <summary>log(1 + eˣ): the loss of the logit link for the label 0.</summary>
internal readonly struct SoftplusFunction : IElementwise
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Of<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes> => Logit.Softplus(x);
}
