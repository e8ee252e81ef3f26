using BenchmarkDotNet.Attributes;
using TP = System.Numerics.Tensors.TensorPrimitives;

namespace Kernels.Bench;

/// <summary>σ, eˣ and softplus of 4096 elements against TensorPrimitives, which has no softplus.</summary>
[MemoryDiagnoser]
public class ElementwiseBenchmark
{
    private readonly float[] _x = new float[4096];
    private readonly float[] _destination = new float[4096];

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(42);
        for (var i = 0; i < _x.Length; i++)
            _x[i] = (20f * random.NextSingle()) - 10f;
    }

    [Benchmark(Baseline = true)]
    public void Sigmoid() => Elementwise.Sigmoid(_x, _destination);

    [Benchmark]
    public void TensorPrimitivesSigmoid() => TP.Sigmoid(_x, _destination);

    [Benchmark]
    public void Exp() => Elementwise.Exp(_x, _destination);

    [Benchmark]
    public void TensorPrimitivesExp() => TP.Exp(_x, _destination);

    [Benchmark]
    public void Softplus() => Elementwise.Softplus(_x, _destination);
}
