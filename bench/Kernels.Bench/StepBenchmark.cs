using BenchmarkDotNet.Attributes;

namespace Kernels.Bench;

/// <summary>One gradient-descent step of logistic regression against the loops that users write today.</summary>
[MemoryDiagnoser]
public class StepBenchmark
{
    private const float Rate = 1e-9f; // small enough that the weights, and so the work, stay the same

    private float[] _x = [];
    private float[] _y = [];
    private float[] _weights = [];
    private float[] _gradient = [];

    [Params("16x32", "1000x32", "1000x100", "256x256", "20000x100")]
    public string Shape { get; set; } = "";

    private int Columns { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var parts = Shape.Split('x');
        var rows = int.Parse(parts[0], System.Globalization.CultureInfo.InvariantCulture);
        Columns = int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture);
        var random = new Random(42);
        _x = Draw(random, rows * Columns, 1f);
        _weights = Draw(random, Columns, 1f / MathF.Sqrt(Columns));
        _y = Array.ConvertAll(Draw(random, rows, 1f), v => v > 0 ? 1f : 0f);
        _gradient = new float[Columns];
    }

    [Benchmark(Baseline = true)]
    public bool Kernels() =>
        LogisticRegression.Step(new DesignMatrix(_x, Columns), _y, _weights, Rate).Applied;

    [Benchmark]
    public void TensorPrimitives()
    {
        Peers.TensorPrimitivesGradient(_x, Columns, _y, _weights, _gradient);
        System.Numerics.Tensors.TensorPrimitives.MultiplyAdd(_gradient, -Rate, _weights, _weights);
    }

    [Benchmark]
    public void Scalar()
    {
        Peers.ScalarGradient(_x, Columns, _y, _weights, _gradient);
        for (var j = 0; j < _weights.Length; j++)
            _weights[j] -= Rate * _gradient[j];
    }

    private static float[] Draw(Random random, int count, float scale)
    {
        var values = new float[count];
        foreach (ref var value in values.AsSpan())
            value = ((2f * random.NextSingle()) - 1f) * scale;
        return values;
    }
}
