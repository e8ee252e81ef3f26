using Kernels.Links;
using Kernels.Training.Shards;

namespace Kernels.Training.Fits;

/// <summary>What one look at all rows tells before a fit: means and deviations of the columns, and whether the rows can be fitted at
/// all.</summary>
internal sealed class ColumnScan : IMergeable<ColumnScan>
{
    private readonly ColumnMoments _moments;
    private string? _refusal;

    // Sums of squares are taken around the first row that counts, wherever a scan begins.
    internal ColumnScan(double[] origin) => _moments = new(origin.Length, origin);

    internal double[] Means => _moments.Means;

    internal double[] Deviations => _moments.Deviations;

    internal double[] RootMeanSquares => _moments.RootMeanSquares;

    internal double[] Largest => _moments.Largest;

    /// <summary>Rows that count: of a weight other than 0, and not skipped.</summary>
    internal long CountedRows { get; private set; }

    internal long SkippedRows { get; private set; }

    internal long? NonFiniteRow { get; private set; }

    internal double TotalWeight => _moments.TotalWeight;

    /// <summary>Σ sᵢ·yᵢ.</summary>
    internal double TargetSum { get; private set; }

    internal bool HasOffset { get; private set; }

    internal double SmallestTarget { get; private set; } = double.PositiveInfinity;

    internal double LargestTarget { get; private set; } = double.NegativeInfinity;

    /// <summary>The log-likelihood of the saturated model, of logit and log: what half a deviance is subtracted from.</summary>
    internal double SaturatedLikelihood { get; private set; }

    /// <summary>Σ log sᵢ.</summary>
    internal double LogWeights { get; private set; }

    /// <summary>Logit: whether every target is 0 or 1, and none between.</summary>
    internal bool AreOutcomes { get; private set; } = true;

    /// <exception cref="ArgumentException">A weight is negative, or a target is out of the model's range.</exception>
    internal static ColumnScan Of<TLink>(in FitData<TLink> data)
        where TLink : struct, ILink
    {
        var origin = data.Sum(new OriginQuestion(data.Columns)).Row[..^1];
        var scan = data.Sum(new ScanQuestion<TLink>(origin)).Total();
        if (scan._refusal is { } why)
            throw new ArgumentException(why, nameof(data));
        scan._moments.Finish();
        return scan;
    }

    internal static bool IsCounted(in Observations rows, int i) =>
        (rows.SampleWeights.IsEmpty ? 1.0 : rows.SampleWeights[i]) != 0 && IsFinite(rows, i);

    // Weight, target and offset, then the features.
    private static bool IsFinite(in Observations rows, int i)
    {
        var others = (rows.SampleWeights.IsEmpty ? 1.0 : rows.SampleWeights[i]) + rows.Targets[i]
            + (rows.Offset.IsEmpty ? 0 : rows.Offset[i]);
        return double.IsFinite(others) && ColumnMoments.IsFinite(rows.X.Row(i));
    }

    public void Merge(ColumnScan next)
    {
        _moments.Merge(next._moments);
        _refusal ??= next._refusal;
        NonFiniteRow ??= next.NonFiniteRow;
        HasOffset |= next.HasOffset;
        AreOutcomes &= next.AreOutcomes;
        (CountedRows, SkippedRows) = (CountedRows + next.CountedRows, SkippedRows + next.SkippedRows);
        (TargetSum, LogWeights) = (TargetSum + next.TargetSum, LogWeights + next.LogWeights);
        SaturatedLikelihood += next.SaturatedLikelihood;
        (SmallestTarget, LargestTarget) = (Math.Min(SmallestTarget, next.SmallestTarget), Math.Max(LargestTarget, next.LargestTarget));
    }

    public void Write(BinaryWriter writer)
    {
        _moments.Write(writer);
        writer.Write(_refusal ?? "");
        writer.Write(NonFiniteRow ?? -1);
        writer.Write(HasOffset);
        writer.Write(AreOutcomes);
        writer.Write(CountedRows);
        writer.Write(SkippedRows);
        writer.Write(TargetSum);
        writer.Write(LogWeights);
        writer.Write(SaturatedLikelihood);
        writer.Write(SmallestTarget);
        writer.Write(LargestTarget);
    }

    internal static ColumnScan Read(BinaryReader reader, double[] origin)
    {
        var scan = new ColumnScan(origin);
        scan._moments.Read(reader);
        scan._refusal = reader.ReadString() is { Length: > 0 } why ? why : null;
        scan.NonFiniteRow = reader.ReadInt64() is >= 0 and var row ? row : null;
        (scan.HasOffset, scan.AreOutcomes) = (reader.ReadBoolean(), reader.ReadBoolean());
        (scan.CountedRows, scan.SkippedRows) = (reader.ReadInt64(), reader.ReadInt64());
        (scan.TargetSum, scan.LogWeights, scan.SaturatedLikelihood) = (reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble());
        (scan.SmallestTarget, scan.LargestTarget) = (reader.ReadDouble(), reader.ReadDouble());
        return scan;
    }

    internal void Add<TLink>(in Observations rows, long first)
        where TLink : struct, ILink
    {
        HasOffset |= !rows.Offset.IsEmpty;
        for (var start = 0; start < rows.X.Rows; start += RowRun.MostRows)
            AddRun<TLink>(rows.Slice(start, Math.Min(RowRun.MostRows, rows.X.Rows - start)), first + start);
    }

    // Few enough rows to be looked at twice: together where all of them count once, else one by one, with the same bits.
    private void AddRun<TLink>(in Observations rows, long first)
        where TLink : struct, ILink
    {
        var run = new RowRun(_moments);
        var areAlike = rows.SampleWeights.IsEmpty && rows.Offset.IsEmpty
            && Vectors.AreFinite(rows.Targets) && ColumnMoments.AreFinite(rows.X);
        if (areAlike)
            _moments.Add(rows, 0, rows.X.Rows);

        // In registers: a row after the other would wait for what the last one stored.
        var (counted, areOutcomes) = (CountedRows, AreOutcomes);
        var (targetSum, logWeights, saturated) = (TargetSum, LogWeights, SaturatedLikelihood);
        var (smallest, largest) = (SmallestTarget, LargestTarget);
        for (var i = 0; i < rows.X.Rows; i++)
        {
            if (!areAlike && !AddFeatures(rows, i, first, ref run))
                continue;
            var weight = rows.SampleWeights.IsEmpty ? 1.0 : rows.SampleWeights[i];
            double y = rows.Targets[i];
            (counted, targetSum) = (counted + 1, targetSum + (weight * y));
            (smallest, largest) = (y < smallest ? y : smallest, y > largest ? y : largest);
            if (weight != 1)
                logWeights += Math.Log(weight);

            // Without a branch between the two, which nobody can foretell.
            if (typeof(TLink) == typeof(Identity) || (typeof(TLink) == typeof(Logit) && ((y == 0) | (y == 1))))
                continue;
            (areOutcomes, saturated) = (false, saturated + (typeof(TLink) == typeof(Log) ? weight * Counts(y) : Shares(y, weight)));
            if (typeof(TLink) == typeof(Logit) && (y < 0 || y > 1))
                _refusal ??= Text($"The target of row {first + i + 1} is {y}; that of logit is from 0 to 1.");
            if (typeof(TLink) == typeof(Log) && y < 0)
                _refusal ??= Text($"The target of row {first + i + 1} is {y}; a count is not negative.");
        }

        run.End(rows);
        (CountedRows, AreOutcomes) = (counted, areOutcomes);
        (TargetSum, LogWeights, SaturatedLikelihood) = (targetSum, logWeights, saturated);
        (SmallestTarget, LargestTarget) = (smallest, largest);
    }

    // False for a row that does not count.
    private bool AddFeatures(in Observations rows, int i, long first, ref RowRun run)
    {
        var weight = rows.SampleWeights.IsEmpty ? 1f : rows.SampleWeights[i];
        if (weight == 0)
            return false;
        if (weight < 0)
            _refusal ??= Text($"The weight of row {first + i + 1} is {weight}; a fit takes no negative weight.");
        if (IsFinite(rows, i))
        {
            run.Add(rows, i);
            return true;
        }

        if (rows.RowsWithNaN == RowsWithNaN.Skip && ContainsNaN(rows, i))
            SkippedRows++;
        else
            NonFiniteRow ??= first + i;
        return false;
    }

    private static string Text(FormattableString why) => FormattableString.Invariant(why);

    private static bool ContainsNaN(in Observations rows, int i)
    {
        if (float.IsNaN(rows.Targets[i]) || (!rows.SampleWeights.IsEmpty && float.IsNaN(rows.SampleWeights[i]))
            || (!rows.Offset.IsEmpty && float.IsNaN(rows.Offset[i])))
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
        return Distributions.LogGamma(m + 1) - Distributions.LogGamma(k + 1) - Distributions.LogGamma(m - k + 1) + (k * Math.Log(y))
            + ((m - k) * Math.Log(1 - y));
    }
}
