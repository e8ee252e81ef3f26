using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Kernels.Tests.Support;

/// <summary>
/// Every shape n ∈ 0…70 × d ∈ 0…260, in four layouts; a coarser grid where a fused multiply-add is a call, and in the legs of other
/// settings for the widths that are not theirs: the default leg has them all.
/// </summary>
public static class Grid
{
    public const int MaxRows = 70;
    public const int MaxColumns = 260;

    /// <summary>Whether this process computes a fused multiply-add in software (then the grid is thinned).</summary>
    public static bool IsThinned =>
        !(Fma.IsSupported || System.Runtime.Intrinsics.Arm.AdvSimd.IsSupported) || !Vector128.IsHardwareAccelerated;

    /// <summary>Whether this process has no setting of the runtime's vectors: what starts processes with settings of their own is the same
    /// in all others.</summary>
    public static bool IsDefaultLeg => !Environment.GetEnvironmentVariables().Keys.Cast<string>().Any(
        name => name.StartsWith("DOTNET_Enable", StringComparison.Ordinal) || name == "DOTNET_PreferredVectorBitWidth");

    /// <summary>Skips what takes a minute a width and more where the runtime does vectors lane by lane: then no caller is given
    /// them.</summary>
    public static void SkipEmulated(string width) => Assert.SkipWhen(
        width == "Vector128" && !Vector128.IsHardwareAccelerated, "vectors are emulated here, and the scalar width is what runs");

    private static int[] SomeRows { get; } = [0, 1, 2, 7, 8, 9, 15, 16, 17, 31, 33, 48, 70];

    private static int[] SomeColumns { get; } = [0, 1, 2, 3, 7, 8, 15, 16, 17, 31, 32, 33, 63, 100, 128, 255, 260];

    private static int[] AllRows { get; } = [.. Enumerable.Range(0, MaxRows + 1)];

    private static int[] AllColumns { get; } = [.. Enumerable.Range(0, MaxColumns + 1)];

    public delegate void Check(int rows, int columns, bool intercept, int gap);

    /// <summary>Calls the check for every shape with and without intercept and gap; columns in parallel.</summary>
    /// <param name="width">The one that is checked; null for all.</param>
    /// <param name="check">What to do with a shape.</param>
    public static void ForEach(string? width, Check check)
    {
        var isThinned = IsThinned || !(IsDefaultLeg || (width ?? Own) == Own);
        Parallel.ForEach(isThinned ? SomeColumns : AllColumns, columns =>
        {
            foreach (var rows in isThinned ? SomeRows : AllRows)
            {
                check(rows, columns, intercept: false, gap: 0);
                check(rows, columns, intercept: true, gap: 0);
                check(rows, columns, intercept: false, gap: 5);
                check(rows, columns, intercept: true, gap: 5);
            }
        });
    }

    // The name of the width that this process chooses.
    private static string Own => Simd.Width.ToString();
}
