using Kernels.Cli.Onnx;
using Microsoft.ML.OnnxRuntime;

namespace Kernels.Bench.Serving;

/// <summary>ONNX Runtime on what <c>kernels export</c> writes, a LinearClassifier: OrtValues over memory that is there, one
/// thread.</summary>
internal sealed class OnnxScorer : Scorer
{
    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();
    private readonly OrtValue[][] _inputs;
    private readonly OrtValue[] _outputs;
    private readonly float[] _probabilities;

    internal OnnxScorer(Batches batches)
        : base("ONNX Runtime, OrtValue")
    {
        using var options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1 };
        _session = new(OnnxModel.Of(ModelScorer.Of(batches), "bench"), options);
        _inputs = Array.ConvertAll(batches.Values, values => new[]
        {
            OrtValue.CreateTensorValueFromMemory(values, [batches.Rows, batches.Columns]),
        });
        _probabilities = new float[2 * batches.Rows];
        _outputs = [OrtValue.CreateTensorValueFromMemory(new long[batches.Rows], [batches.Rows]),
            OrtValue.CreateTensorValueFromMemory(_probabilities, [batches.Rows, 2])];
    }

    internal override int First => 1;

    internal override int Step => 2;

    private static readonly string[] InputNames = ["features"];
    private static readonly string[] OutputNames = ["label", "probabilities"];

    internal override float[] Score(int batch)
    {
        _session.Run(_run, InputNames, _inputs[batch], OutputNames, _outputs);
        return _probabilities;
    }

    public override void Dispose()
    {
        foreach (var value in _inputs.SelectMany(values => values).Concat(_outputs))
            value.Dispose();
        _run.Dispose();
        _session.Dispose();
        base.Dispose();
    }
}
