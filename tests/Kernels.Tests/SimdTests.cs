using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Kernels.Tests;

/// <summary>Which width runs, as the process that started the tests expects it.</summary>
public class SimdTests
{
    [Fact]
    public void The_width_is_the_expected_one()
    {
        var expected = Environment.GetEnvironmentVariable("KERNELS_EXPECTED_WIDTH");
        Assert.SkipWhen(string.IsNullOrEmpty(expected), "KERNELS_EXPECTED_WIDTH is not set; the ISA legs set it");
        Assert.Equal(expected, Simd.Width.ToString());
    }

    [Fact]
    public void The_width_follows_the_runtime()
    {
        var expected = Vector512.IsHardwareAccelerated ? SimdWidth.Vector512
            : Vector256.IsHardwareAccelerated && Fma.IsSupported ? SimdWidth.Vector256
            : Vector128.IsHardwareAccelerated ? SimdWidth.Vector128
            : SimdWidth.Scalar;
        Assert.Equal(expected, Simd.Width);
    }
}
