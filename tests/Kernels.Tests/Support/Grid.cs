using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Kernels.Tests.Support;

/// <summary>
/// Every shape n ∈ 0…70 × d ∈ 0…260, in four layouts; a coarser grid where a fused multiply-add is a call.
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

    private static int[] Rows { get; } =
        IsThinned ? [0, 1, 2, 7, 8, 9, 15, 16, 17, 31, 33, 48, 70] : [.. Enumerable.Range(0, MaxRows + 1)];

    private static int[] Columns { get; } =
        IsThinned ? [0, 1, 2, 3, 7, 8, 15, 16, 17, 31, 32, 33, 63, 100, 128, 255, 260] : [.. Enumerable.Range(0, MaxColumns + 1)];

    /// <summary>The number of shapes in each layout.</summary>
    public static int Count => Rows.Length * Columns.Length;

    public delegate void Check(int rows, int columns, bool intercept, int gap);

    /// <summary>Calls the check for every shape with and without intercept and gap; columns in parallel.</summary>
    public static void ForEach(Check check) =>
        Parallel.ForEach(Columns, columns =>
        {
            foreach (var rows in Rows)
            {
                check(rows, columns, intercept: false, gap: 0);
                check(rows, columns, intercept: true, gap: 0);
                check(rows, columns, intercept: false, gap: 5);
                check(rows, columns, intercept: true, gap: 5);
            }
        });
}
