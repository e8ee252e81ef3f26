using Kernels.Training;

namespace Kernels.Bench.Serving;

/// <summary>This library: a row as a span, more rows as a matrix over the same memory.</summary>
internal sealed class KernelsScorer(Batches batches) : Scorer("kernels")
{
    private readonly float[] _means = new float[batches.Rows];

    internal override float[] Score(int batch)
    {
        if (batches.Rows == 1)
            _means[0] = LogisticRegression.Predict(batches.Values[batch], batches.Weights, intercept: true);
        else
            LogisticRegression.Predict(new DesignMatrix(batches.Values[batch], batches.Columns, intercept: true), batches.Weights, _means);
        return _means;
    }
}

/// <summary>A model as a file holds it, which knows its columns and centres.</summary>
internal sealed class ModelScorer(Batches batches) : Scorer("kernels, Model.Predict")
{
    private readonly float[] _means = new float[batches.Rows];
    private readonly Model _model = Of(batches);

    internal static Model Of(Batches batches) => new()
    {
        Link = ModelLink.Logit,
        Features = [.. Enumerable.Range(0, batches.Columns).Select(j => $"x{j}")],
        Intercept = true,
        Weights = Array.ConvertAll(batches.Weights, weight => (double)weight),
    };

    internal override float[] Score(int batch)
    {
        if (batches.Rows == 1)
            _means[0] = _model.Predict(batches.Values[batch]);
        else
            _model.Predict(new DesignMatrix(batches.Values[batch], batches.Columns), default, _means);
        return _means;
    }
}
