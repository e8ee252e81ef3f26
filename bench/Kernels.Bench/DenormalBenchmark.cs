using BenchmarkDotNet.Attributes;

namespace Kernels.Bench;

/// <summary>The same step on ordinary and on subnormal data: what a caller pays for data that processors assist in microcode.</summary>
public class DenormalBenchmark
{
    private const int Rows = 1000;
    private const int Columns = 32;

    private readonly float[] _x = new float[Rows * Columns];
    private readonly float[] _y = new float[Rows];
    private readonly float[] _weights = new float[Columns];
    private readonly float[] _gradient = new float[Columns];

    [Params("normal", "subnormal features", "subnormal weights", "subnormal means")]
    public string Data { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(42);
        var (x, w) = Data switch
        {
            "subnormal features" => (1e-39f, 1f),
            "subnormal weights" => (1f, 1e-39f),
            _ => (1f, 1f),
        };
        for (var i = 0; i < _x.Length; i++)
            _x[i] = Data == "subnormal means" ? -3f : ((2f * random.NextSingle()) - 1f) * x;
        for (var j = 0; j < Columns; j++)
            _weights[j] = Data == "subnormal means" ? 1f : ((2f * random.NextSingle()) - 1f) * w; // z = −96
    }

    [Benchmark]
    public double Gradient() => LogisticRegression.Gradient(new DesignMatrix(_x, Columns), _y, _weights, _gradient);
}
