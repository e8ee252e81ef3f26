using Kernels.Links;

namespace Kernels.Training.Fits;

/// <summary>What one look at all rows tells before a fit: means and deviations of the columns, and whether the rows can be fitted at
/// all.</summary>
internal sealed class ColumnScan
{
    private readonly double[] _first;
    private readonly double[] _sums;
    private readonly double[] _squares;
    private bool _started;
    private string? _refusal;

    private ColumnScan(int columns)
    {
        (_first, _sums, _squares, Largest) = (new double[columns], new double[columns], new double[columns], new double[columns]);
        (Means, Deviations, RootMeanSquares) = (new double[columns], new double[columns], new double[columns]);
    }

    internal double[] Means { get; }

    /// <summary>Standard deviations around the means.</summary>
    internal double[] Deviations { get; }

    /// <summary>The same around 0.</summary>
    internal double[] RootMeanSquares { get; }

    /// <summary>The largest magnitude of each column.</summary>
    internal double[] Largest { get; }

    /// <summary>Rows that count: of a weight other than 0, and not skipped.</summary>
    internal long CountedRows { get; private set; }

    internal long SkippedRows { get; private set; }

    internal long? NonFiniteRow { get; private set; }

    internal double TotalWeight { get; private set; }

    /// <summary>Σ sᵢ·yᵢ.</summary>
    internal double TargetSum { get; private set; }

    internal bool HasOffset { get; private set; }

    internal double SmallestTarget { get; private set; } = double.PositiveInfinity;

    internal double LargestTarget { get; private set; } = double.NegativeInfinity;

    /// <summary>The log-likelihood of the saturated model, of logit and log: what half a deviance is subtracted from.</summary>
    internal double SaturatedLikelihood { get; private set; }

    /// <summary>Σ log sᵢ.</summary>
    internal double LogWeights { get; private set; }

    /// <exception cref="ArgumentException">A weight is negative, or a target is out of the model's range.</exception>
    internal static ColumnScan Of<TLink>(in FitData<TLink> data)
        where TLink : struct, ILink
    {
        var scan = new ColumnScan(data.Columns);
        data.ForEach(scan.Add<TLink>);
        if (scan._refusal is { } why)
            throw new ArgumentException(why, nameof(data));
        scan.Finish();
        return scan;
    }

    private void Add<TLink>(in Observations rows, long first)
        where TLink : struct, ILink
    {
        HasOffset |= !rows.Offset.IsEmpty;
        for (var i = 0; i < rows.X.Rows; i++)
        {
            var weight = rows.SampleWeights.IsEmpty ? 1.0 : rows.SampleWeights[i];
            if (weight == 0)
                continue;
            if (weight < 0)
                _refusal ??= Text($"The weight of row {first + i + 1} is {weight}; a fit takes no negative weight.");
            var x = rows.X.Row(i);
            double y = rows.Targets[i];
            var others = weight + y + (rows.Offset.IsEmpty ? 0 : rows.Offset[i]);
            if (!double.IsFinite(others) || !IsFinite(x))
            {
                if (rows.RowsWithNaN == RowsWithNaN.Skip && ContainsNaN(rows, i))
                    SkippedRows++;
                else
                    NonFiniteRow ??= first + i;
                continue;
            }

            if (typeof(TLink) == typeof(Logit) && y is < 0 or > 1)
                _refusal ??= Text($"The target of row {first + i + 1} is {y}; that of logit is from 0 to 1.");
            if (typeof(TLink) == typeof(Log) && y < 0)
                _refusal ??= Text($"The target of row {first + i + 1} is {y}; a count is not negative.");
            AddColumns(x, weight);
            (CountedRows, TotalWeight, TargetSum) = (CountedRows + 1, TotalWeight + weight, TargetSum + (weight * y));
            (SmallestTarget, LargestTarget) = (Math.Min(SmallestTarget, y), Math.Max(LargestTarget, y));
            LogWeights += weight == 1 ? 0 : Math.Log(weight);
            SaturatedLikelihood += typeof(TLink) == typeof(Log) ? weight * Counts(y) : typeof(TLink) == typeof(Logit) ? Shares(y, weight) : 0;
        }
    }

    // Around the first row: a sum of squares around 0 would cancel where a mean is many deviations away.
    private void AddColumns(ReadOnlySpan<float> x, double weight)
    {
        if (!_started)
        {
            for (var j = 0; j < x.Length; j++)
                _first[j] = x[j];
            _started = true;
        }

        for (var j = 0; j < x.Length; j++)
        {
            var d = x[j] - _first[j];
            _sums[j] += weight * d;
            _squares[j] += weight * d * d;
            Largest[j] = Math.Max(Largest[j], Math.Abs((double)x[j]));
        }
    }

    private void Finish()
    {
        for (var j = 0; j < Means.Length && TotalWeight > 0; j++)
        {
            var d = _sums[j] / TotalWeight;
            Means[j] = _first[j] + d;
            var square = Math.Max(0, (_squares[j] / TotalWeight) - (d * d));

            // A column that is constant but for the rounding of its sums is constant.
            Deviations[j] = square <= 1e-14 * d * d ? 0 : Math.Sqrt(square);
            RootMeanSquares[j] = Math.Sqrt(square + (Means[j] * Means[j]));
        }
    }

    private static string Text(FormattableString why) => FormattableString.Invariant(why);

    private static bool IsFinite(ReadOnlySpan<float> x)
    {
        var sum = 0f;
        foreach (var value in x)
            sum += value - value;
        return sum == 0;
    }

    private static bool ContainsNaN(in Observations rows, int i)
    {
        if (float.IsNaN(rows.Targets[i]) || (!rows.SampleWeights.IsEmpty && float.IsNaN(rows.SampleWeights[i])) || (!rows.Offset.IsEmpty && float.IsNaN(rows.Offset[i])))
            return true;
        foreach (var value in rows.X.Row(i))
        {
            if (float.IsNaN(value))
                return true;
        }

        return false;
    }

    // log of the Poisson probability of y at the mean y.
    private static double Counts(double y) => y > 0 ? (y * Math.Log(y)) - y - Distributions.LogGamma(y + 1) : 0;

    // log of the binomial probability of m·y of m at the share y: of whole numbers only, as there is no other binomial.
    private static double Shares(double y, double m)
    {
        if (y is <= 0 or >= 1)
            return 0;
        var k = m * y;
        if (Math.Abs(m - Math.Round(m)) > 1e-6 * m || Math.Abs(k - Math.Round(k)) > 1e-5 * m || m < 1.5)
            return 0;
        return Distributions.LogGamma(m + 1) - Distributions.LogGamma(k + 1) - Distributions.LogGamma(m - k + 1) + (k * Math.Log(y)) + ((m - k) * Math.Log(1 - y));
    }
}
