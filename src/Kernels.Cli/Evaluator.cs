using System.Globalization;
using Kernels.Cli.Data;
using Kernels.Links;
using Kernels.Training;

namespace Kernels.Cli;

/// <summary>A group of rows with neighbouring predictions: what was predicted, and what came.</summary>
internal sealed record CalibrationBin(double Weight, double Predicted, double Observed);

/// <summary>Gathers predictions with their targets, block by block, and says how good they are.</summary>
/// <remarks>Margins are float64 here: the deviance of a count of 10⁸ is lost in a float32 one.</remarks>
internal sealed class Evaluator<TLink>(Model model)
    where TLink : struct, ILink
{
    private readonly List<(float Mean, float Target, float Weight)> _rows = [];
    private double _loss;
    private double _deviance;

    internal double TotalWeight { get; private set; }

    internal long Skipped { get; private set; }

    /// <summary>J, the sum over the rows.</summary>
    internal double Loss => _loss;

    internal void Add(Dataset data, float[] targets)
    {
        var means = new float[data.Rows];
        var x = data.Matrix(intercept: false);
        model.Predict(x, data.Offset, means);
        for (var i = 0; i < means.Length; i++)
        {
            var weight = data.SampleWeights?[i] ?? 1f;
            if (weight == 0)
                continue;
            if (data.SkipsNaN && (float.IsNaN(means[i]) || float.IsNaN(targets[i]) || float.IsNaN(weight)))
            {
                Skipped++;
                continue;
            }

            var z = model.Margin(x.Row(i), data.Offset?[i] ?? 0);
            TotalWeight += weight;
            _loss += weight * LossOf(z, targets[i]);
            _deviance += weight * DevianceOf(z, targets[i]);
            _rows.Add((means[i], targets[i], weight));
        }
    }

    /// <summary>Names and values to print.</summary>
    internal IEnumerable<(string Name, string Value)> Summary()
    {
        yield return ("loss", Text($"{_loss:F6} ({_loss / Math.Max(TotalWeight, double.Epsilon):F6} a row)"));
        yield return ("deviance", Text($"{_deviance:F6}"));
        if (typeof(TLink) == typeof(Identity))
        {
            yield return ("root mean square error", Text($"{Math.Sqrt(_deviance / TotalWeight):G6}"));
            var around = SquaresAroundMean();
            yield return ("R squared", around > 0 ? Text($"{1 - (_deviance / around):F6}") : "none: the target is constant");
        }

        if (typeof(TLink) != typeof(Logit))
            yield break;
        var right = _rows.Where(row => (row.Mean >= 0.5f) == (row.Target >= 0.5f)).Sum(row => (double)row.Weight);
        yield return ("accuracy", Text($"{right / TotalWeight:P2} ({right:G9} of {TotalWeight:G9})"));
        var area = RocCurve.Area(Roc());
        yield return ("AUC", double.IsNaN(area) ? "none: the labels are of one class" : Text($"{area:F6}"));
    }

    /// <summary>From (0, 0) to (1, 1): the false and the true positive rate for every threshold. A target t counts t positives and 1 − t
    /// negatives.</summary>
    internal IReadOnlyList<(double FalsePositive, double TruePositive)> Roc() => RocCurve.Of(_rows);

    /// <summary>Ten groups of about the same weight, by ascending prediction; rows with the same prediction stay together.</summary>
    internal IReadOnlyList<CalibrationBin> Deciles()
    {
        const int Groups = 10;
        var bins = new List<CalibrationBin>();
        var (done, weight, predicted, observed) = (0.0, 0.0, 0.0, 0.0);
        var sorted = _rows.OrderBy(row => row.Mean).ToArray();
        for (var i = 0; i < sorted.Length; i++)
        {
            var (mean, target, s) = sorted[i];
            (weight, predicted, observed) = (weight + s, predicted + ((double)s * mean), observed + ((double)s * target));
            var isLast = i == sorted.Length - 1;
            if (!isLast && (sorted[i + 1].Mean == mean || (done + weight) * Groups < TotalWeight * (bins.Count + 1)))
                continue;
            bins.Add(new(weight, predicted / weight, observed / weight));
            done += weight;
            (weight, predicted, observed) = (0, 0, 0);
        }

        return bins;
    }

    private static double LossOf(double z, double y)
    {
        if (typeof(TLink) == typeof(Identity))
            return 0.5 * (z - y) * (z - y);
        if (typeof(TLink) == typeof(Log))
            return Math.Exp(z) - (y == 0 ? 0 : y * z);
        return (z < 0 ? -z * y : z * (1 - y)) + LogOnePlus(Math.Exp(-Math.Abs(z)));
    }

    // Row by row: as a difference of two sums it cancels.
    private static double DevianceOf(double z, double y)
    {
        if (typeof(TLink) == typeof(Identity))
            return (z - y) * (z - y);
        if (typeof(TLink) == typeof(Log))
        {
            var mean = Math.Exp(z);
            return 2 * ((y > 0 ? y * Math.Log(y / mean) : 0) - (y - mean));
        }

        return 2 * (LossOf(z, y) + (y > 0 ? y * Math.Log(y) : 0) + (y < 1 ? (1 - y) * Math.Log(1 - y) : 0));
    }

    // log(1 + e) with e's relative precision kept (Goldberg 1991, theorem 4).
    private static double LogOnePlus(double e)
    {
        var u = 1 + e;
        return u == 1 ? e : Math.Log(u) * e / (u - 1);
    }

    private double SquaresAroundMean()
    {
        var mean = _rows.Sum(row => (double)row.Weight * row.Target) / TotalWeight;
        return _rows.Sum(row => row.Weight * (row.Target - mean) * (row.Target - mean));
    }

    private static string Text(FormattableString value) => value.ToString(CultureInfo.InvariantCulture);
}
