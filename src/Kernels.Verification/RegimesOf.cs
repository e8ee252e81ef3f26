namespace Kernels.Verification;

/// <summary>SHA-256 of the same outputs as <see cref="FingerprintOf"/> over larger shapes, where the library goes about X by its size: X in
/// L2, in L3 and from memory.</summary>
public static class RegimesOf
{
    /// <summary>What every machine must print for version 3 of the arithmetic contract.</summary>
    public const string Version3 = "77adeec31c647642c4b47797a81124059095455847e421ecb5bb57a511d1d6f5";

    /// <summary>Rows and columns of X.</summary>
    public static IReadOnlyList<(int Rows, int Columns)> Shapes { get; } =
    [
        (1_500, 16), (700, 32), (400, 48), (345, 64), (203, 65), (210, 100), (198, 136), (199, 137), (150, 256), (110, 500), (127, 448),
        (20_000, 16), (9_001, 30), (8_500, 32), (7_101, 37), (4_097, 64), (3_001, 100), (2_100, 128), (1_100, 250), (1_001, 300),
        (1_025, 256),
        (400, 700), (301, 1_000), (265, 1_008), (300, 1_009), (200, 1_500),
        (140_001, 30), (66_000, 64), (33_001, 128), (17_003, 250), (14_001, 300), (4_203, 999), (3_900, 1_105), (1_060, 3_999),
        (150, 28_001),
    ];

    public static string Outputs(Runner runner)
    {
        ArgumentNullException.ThrowIfNull(runner);
        var hash = new OutputHash();
        var random = new SplitMix(20261125);
        for (var i = 0; i < Shapes.Count; i++)
        {
            var (rows, columns) = Shapes[i];
            var problem = new RandomProblem(random, rows, columns, link: i % 3, intercept: i % 2 != 0, gap: i / 2 % 2 * 3);
            FingerprintOf.Append(hash, runner, problem, i);
        }

        return hash.ToString();
    }
}
