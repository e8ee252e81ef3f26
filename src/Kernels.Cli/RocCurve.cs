namespace Kernels.Cli;

/// <summary>The receiver operating characteristic (Fawcett, Pattern Recognition Letters 27, 2006, algorithm 1): ties move along the
/// diagonal.</summary>
internal static class RocCurve
{
    internal static IReadOnlyList<(double FalsePositive, double TruePositive)> Of(
        IEnumerable<(float Mean, float Target, float Weight)> rows)
    {
        var sorted = rows.OrderByDescending(row => row.Mean).ToArray();
        var (positives, negatives) =
            (sorted.Sum(row => (double)row.Weight * row.Target), sorted.Sum(row => row.Weight * (1.0 - row.Target)));
        var points = new List<(double, double)> { (0, 0) };
        var (truePositives, falsePositives) = (0.0, 0.0);
        for (var i = 0; i < sorted.Length; i++)
        {
            truePositives += (double)sorted[i].Weight * sorted[i].Target;
            falsePositives += sorted[i].Weight * (1.0 - sorted[i].Target);
            if (i == sorted.Length - 1 || sorted[i + 1].Mean != sorted[i].Mean)
                points.Add((falsePositives / negatives, truePositives / positives));
        }

        return points;
    }

    /// <summary>The area below it, by trapezoids: the probability that a positive is ranked before a negative, ties counting one half. NaN
    /// without both.</summary>
    internal static double Area(IReadOnlyList<(double FalsePositive, double TruePositive)> points)
    {
        var area = 0.0;
        for (var i = 1; i < points.Count; i++)
            area += (points[i].FalsePositive - points[i - 1].FalsePositive) * 0.5 * (points[i].TruePositive + points[i - 1].TruePositive);
        return points.Count > 1 ? area : double.NaN;
    }
}
