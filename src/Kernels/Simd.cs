using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Kernels.Lanes;

namespace Kernels;

/// <summary>Which vector width this process runs.</summary>
/// <remarks>
/// The width is a matter of speed alone: every width gives the same bits. It is fixed when the process starts and
/// follows the runtime's own choice, so its switches apply: <c>DOTNET_EnableAVX512=0</c> or
/// <c>DOTNET_PreferredVectorBitWidth=256</c> for 256 bits, <c>DOTNET_EnableAVX2=0</c> for 128,
/// <c>DOTNET_EnableHWIntrinsic=0</c> for none. A NativeAOT build has the instruction set it was published for.
/// </remarks>
public static class Simd
{
    /// <summary>The width in use.</summary>
    public static SimdWidth Width
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)] // a constant, and what is chosen by it a jump less
        get
        {
            if (Vector512.IsHardwareAccelerated && Lanes512.IsSupported)
                return SimdWidth.Vector512;
            if (Vector256.IsHardwareAccelerated && Lanes256.IsSupported)
                return SimdWidth.Vector256;
            return Vector128.IsHardwareAccelerated ? SimdWidth.Vector128 : SimdWidth.Scalar;
        }
    }
}
