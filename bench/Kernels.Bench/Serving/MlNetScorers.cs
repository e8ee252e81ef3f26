using Microsoft.Extensions.ObjectPool;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Kernels.Bench.Serving;

/// <summary>ML.NET's PredictionEngine, one row at a time, which is all that it takes; the object that it fills is used again.</summary>
internal sealed class MlNetScorer : Scorer
{
    private readonly PredictionEngine<MlNetRow, MlNetScore> _engine;
    private readonly MlNetRow[][] _rows;
    private readonly float[] _means;
    private MlNetScore _score = new();

    internal MlNetScorer(Batches batches)
        : base("ML.NET PredictionEngine")
    {
        _engine = MlNetModel.Context.Model.CreatePredictionEngine<MlNetRow, MlNetScore>(
            MlNetModel.Of(batches), inputSchemaDefinition: MlNetModel.SchemaOf(batches.Columns));
        (_rows, _means) = (MlNetModel.RowsOf(batches), new float[batches.Rows]);
    }

    internal override float[] Score(int batch)
    {
        var rows = _rows[batch];
        for (var i = 0; i < rows.Length; i++)
        {
            _engine.Predict(rows[i], ref _score);
            _means[i] = _score.Probability;
        }

        return _means;
    }

    public override void Dispose()
    {
        _engine.Dispose();
        base.Dispose();
    }
}

/// <summary>What a service with several threads does: an engine is taken from a pool for each row, and given back.</summary>
internal sealed class MlNetPoolScorer : Scorer
{
    private readonly ObjectPool<PredictionEngine<MlNetRow, MlNetScore>> _pool;
    private readonly MlNetRow[][] _rows;
    private readonly float[] _means;

    internal MlNetPoolScorer(Batches batches)
        : base("ML.NET, engines pooled")
    {
        _pool = new DefaultObjectPool<PredictionEngine<MlNetRow, MlNetScore>>(new Engines(MlNetModel.Of(batches), batches.Columns));
        (_rows, _means) = (MlNetModel.RowsOf(batches), new float[batches.Rows]);
    }

    internal override float[] Score(int batch)
    {
        var rows = _rows[batch];
        for (var i = 0; i < rows.Length; i++)
        {
            var engine = _pool.Get();
            _means[i] = engine.Predict(rows[i]).Probability;
            _pool.Return(engine);
        }

        return _means;
    }

    private sealed class Engines(ITransformer model, int columns) : PooledObjectPolicy<PredictionEngine<MlNetRow, MlNetScore>>
    {
        public override PredictionEngine<MlNetRow, MlNetScore> Create() =>
            MlNetModel.Context.Model.CreatePredictionEngine<MlNetRow, MlNetScore>(model,
                inputSchemaDefinition: MlNetModel.SchemaOf(columns));

        public override bool Return(PredictionEngine<MlNetRow, MlNetScore> obj) => true;
    }
}

internal sealed class MlNetRow
{
    public float[] Features { get; set; } = [];

    public bool Label { get; set; }
}

internal sealed class MlNetScore
{
    public float Probability { get; set; }
}

/// <summary>An ML.NET model of the same columns, with weights of its own: what it takes does not depend on them.</summary>
internal static class MlNetModel
{
    internal static MLContext Context { get; } = new(seed: 1);

    internal static ITransformer Of(Batches batches)
    {
        var random = new Random(1);
        var rows = Enumerable.Range(0, 200).Select(i => new MlNetRow
        {
            Features = [.. Enumerable.Range(0, batches.Columns).Select(_ => (float)random.NextDouble())],
            Label = random.Next(2) == 0,
        });
        var data = Context.Data.LoadFromEnumerable(rows, SchemaOf(batches.Columns));
        var trainer = Context.BinaryClassification.Trainers.LbfgsLogisticRegression(
            new Microsoft.ML.Trainers.LbfgsLogisticRegressionBinaryTrainer.Options { MaximumNumberOfIterations = 2, NumberOfThreads = 1 });
        return trainer.Fit(data);
    }

    internal static SchemaDefinition SchemaOf(int columns)
    {
        var schema = SchemaDefinition.Create(typeof(MlNetRow));
        schema[nameof(MlNetRow.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, columns);
        return schema;
    }

    internal static MlNetRow[][] RowsOf(Batches batches) => Array.ConvertAll(batches.Values, values =>
        Enumerable.Range(0, batches.Rows)
            .Select(i => new MlNetRow { Features = values[(i * batches.Columns)..((i + 1) * batches.Columns)] })
            .ToArray());
}
