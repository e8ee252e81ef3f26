using System.Runtime.CompilerServices;
using Kernels.Lanes;
using Kernels.Links;

namespace Kernels.Passes;

/// <summary>μ(Xw) to the output, one float a row. With <see cref="Identity"/> it is the margin.</summary>
internal readonly struct PredictionPass<TLink> : IPass
    where TLink : struct, ILink
{
    public static nint Workspace(int rows, nint parameters) => 0;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static StepResult Run<TLanes>(in Operands o)
        where TLanes : struct, ILanes<TLanes>
    {
        for (nint row = 0; row < o.Rows; row += Lane.Count)
        {
            var count = (int)Math.Min(Lane.Count, o.Rows - row);
            TLanes.StoreFirst(Mean(RowBlock<TLanes>.Margins(o, row, count)), o.Output.At(row), count);
        }

        return default;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static TLanes Mean<TLanes>(TLanes z)
        where TLanes : struct, ILanes<TLanes> =>
        TLink.Mean(z);
}
