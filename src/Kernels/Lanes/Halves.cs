using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Kernels.Lanes;

/// <summary>The lower end of a fold in halves, shared by the vector widths: u[l] = a[l] + a[l + half].</summary>
internal static class Halves
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float Fold(Vector256<float> eight) => Fold(eight.GetLower() + eight.GetUpper());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float Fold(Vector128<float> four)
    {
        var two = four + Vector128.Shuffle(four, Vector128.Create(2, 3, 2, 3));
        return two.ToScalar() + two.GetElement(1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static double Fold(Vector256<double> four) => Fold(four.GetLower() + four.GetUpper());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static double Fold(Vector128<double> two) => two.ToScalar() + two.GetElement(1);
}
