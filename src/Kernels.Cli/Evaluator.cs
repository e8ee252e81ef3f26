using System.Globalization;
using Kernels.Cli.Data;
using Kernels.Links;

namespace Kernels.Cli;

/// <summary>A group of rows with neighbouring predictions: what was predicted, and what came.</summary>
internal sealed record CalibrationBin(double Weight, double Predicted, double Observed);

/// <summary>Gathers predictions with their targets, block by block, and says how good they are.</summary>
internal sealed class Evaluator<TLink>(float[] weights, bool intercept)
    where TLink : struct, ILink
{
    private readonly List<(float Mean, float Target, float Weight)> _rows = [];
    private double _loss;

    internal double TotalWeight { get; private set; }

    internal long Skipped { get; private set; }

    /// <summary>J, the sum over the rows.</summary>
    internal double Loss => _loss;

    internal void Add(Dataset data, float[] targets)
    {
        var means = new float[data.Rows];
        var x = data.Matrix(intercept);
        Glm<TLink>.Predict(x, weights, data.Offset, means);
        var result = Glm<TLink>.Loss(data.Observations(intercept, targets), weights);
        (_loss, TotalWeight, Skipped) = (_loss + result.Loss, TotalWeight + result.TotalWeight, Skipped + result.SkippedRows);
        for (var i = 0; i < means.Length; i++)
        {
            var weight = data.SampleWeights?[i] ?? 1f;
            if (weight != 0 && !(data.SkipsNaN && (float.IsNaN(means[i]) || float.IsNaN(targets[i]) || float.IsNaN(weight))))
                _rows.Add((means[i], targets[i], weight));
        }
    }

    /// <summary>Names and values to print.</summary>
    internal IEnumerable<(string Name, string Value)> Summary()
    {
        yield return ("loss", Text($"{_loss:F6} ({_loss / Math.Max(TotalWeight, double.Epsilon):F6} a row)"));
        if (typeof(TLink) == typeof(Identity))
        {
            yield return ("root mean square error", Text($"{Math.Sqrt(2 * _loss / TotalWeight):G6}"));
            yield return ("R squared", Text($"{1 - (2 * _loss / SquaresAroundMean()):F6}"));
            yield break;
        }

        yield return ("deviance", Text($"{Deviance():F6}"));
        if (typeof(TLink) != typeof(Logit))
            yield break;
        var right = _rows.Where(row => (row.Mean >= 0.5f) == (row.Target >= 0.5f)).Sum(row => (double)row.Weight);
        yield return ("accuracy", Text($"{right / TotalWeight:P2} ({right:G9} of {TotalWeight:G9})"));
        yield return ("AUC", Text($"{RocCurve.Area(Roc()):F6}"));
    }

    /// <summary>From (0, 0) to (1, 1): the false and the true positive rate for every threshold. A target t counts t positives and 1 − t negatives.</summary>
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

    // Logit: twice the loss less that of the saturated model, which is 0 for labels 0 and 1. Log: 2·Σ s(y·log(y/μ) − (y − μ)).
    private double Deviance()
    {
        var saturated = 0.0;
        foreach (var (_, y, s) in _rows)
        {
            saturated += typeof(TLink) == typeof(Log)
                ? s * (y - (y > 0 ? y * Math.Log(y) : 0))
                : s * -((y > 0 ? y * Math.Log(y) : 0) + (y < 1 ? (1 - y) * Math.Log(1 - y) : 0));
        }

        return 2 * (_loss - saturated);
    }

    private double SquaresAroundMean()
    {
        var mean = _rows.Sum(row => (double)row.Weight * row.Target) / TotalWeight;
        return _rows.Sum(row => row.Weight * (row.Target - mean) * (row.Target - mean));
    }

    private static string Text(FormattableString value) => value.ToString(CultureInfo.InvariantCulture);
}
