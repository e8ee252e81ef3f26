using System.Runtime.CompilerServices;
using Kernels.Lanes;
using Kernels.Links;

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
    public static nint Workspace(int rows, nint parameters) => 0;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static StepResult Run<TLanes>(in Operands o)
        where TLanes : struct, ILanes<TLanes>
    {
        nint i = 0;
        for (; i <= o.Rows - Lane.Count; i += Lane.Count)
            TLanes.Store(TFunction.Of(TLanes.Load(o.X.At(i))), o.Output.At(i));
        var tail = (int)(o.Rows - i);
        if (tail > 0)
            TLanes.StoreFirst(TFunction.Of(TLanes.LoadFirst(o.X.At(i), tail)), o.Output.At(i), tail);
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
