using Kernels.Links;

namespace Kernels.Verification;

/// <summary>All outputs of a problem, one after the other, by name.</summary>
internal sealed class FuzzOutputs
{
    // A Hessian takes N·p² work, and the wide ones have tests of their own.
    private const int MostColumnsOfHessian = 24;

    private readonly List<(string Name, int End)> _parts = [];
    private readonly List<ulong> _bits = [];

    /// <summary>The gradient alone, as it was written.</summary>
    internal float[] Gradient { get; private set; } = [];

    /// <summary>The mean of each row.</summary>
    internal float[] Means { get; private set; } = [];

    internal static FuzzOutputs Of(FuzzCase @case, FuzzProblem problem, Runner runner) => @case.Link switch
    {
        0 => Of<Logit>(@case, problem, runner),
        1 => Of<Identity>(@case, problem, runner),
        _ => Of<Log>(@case, problem, runner),
    };

    /// <summary>The name of the first output that differs, or null; a NaN is equal to any NaN, as the contract has it.</summary>
    internal string? DifferenceTo(FuzzOutputs other)
    {
        for (var i = 0; i < _bits.Count; i++)
        {
            if (_bits[i] != other._bits[i])
                return _parts.First(part => i < part.End).Name;
        }

        return null;
    }

    private static FuzzOutputs Of<TLink>(FuzzCase @case, FuzzProblem problem, Runner runner)
        where TLink : struct, ILink
    {
        var outputs = new FuzzOutputs();
        var data = problem.Data;
        var (weights, reduction) = (problem.Weights, @case.Reduction);
        var l2 = @case.Seed % 4 == 0 ? 0.3f : 0f;
        var written = new float[weights.Length];
        outputs.Add("the gradient's sums", runner.Gradient<TLink>(data, weights, written, reduction, l2));
        outputs.Add("the gradient", written);
        outputs.Gradient = [.. written];
        outputs.Add("the loss", runner.Loss<TLink>(data, weights, reduction, l2));
        outputs.Add("the Hessian product's sums", runner.HessianProduct<TLink>(data, weights, problem.Direction, written, reduction, l2));
        outputs.Add("the Hessian product", written);
        outputs.Add("the Hessian diagonal's sums", runner.HessianDiagonal<TLink>(data, weights, written, reduction, l2));
        outputs.Add("the Hessian diagonal", written);
        weights.CopyTo(written, 0);
        var step = runner.Step<TLink>(data, written, 0.0625f, reduction, l2);
        outputs.Add("the step's result", [step.Loss, step.Applied ? 1 : 0, step.SkippedRows]);
        outputs.Add("the step", written);
        var means = outputs.Means = new float[@case.Rows];
        runner.Predict<TLink>(problem.X, weights, means);
        outputs.Add("the means", means);
        if (@case.Columns <= MostColumnsOfHessian)
        {
            var p = weights.Length;
            var (gradient, hessian, centers) =
                (new double[p], new double[p * (p + 1) / 2], new double[@case.Seed % 2 == 0 ? 0 : @case.Columns]);
            Array.Fill(centers, 0.1);
            var result = runner.Hessian<TLink>(data, Array.ConvertAll(weights, w => w * (double)MathF.PI), gradient, hessian, centers);
            outputs.Add("the Hessian's sums", [result.Loss, result.Deviance, result.TotalWeight, result.SkippedRows]);
            outputs.Add("the gradient in float64", gradient);
            outputs.Add("the Hessian in float64", hessian);
        }

        return outputs;
    }

    private void Add(string name, Evaluation result) => Add(name, [result.Loss, result.TotalWeight, result.SkippedRows]);

    private void Add(string name, ReadOnlySpan<double> values)
    {
        foreach (var value in values)
            _bits.Add(double.IsNaN(value) ? ulong.MaxValue : BitConverter.DoubleToUInt64Bits(value));
        _parts.Add((name, _bits.Count));
    }

    private void Add(string name, float[] values)
    {
        foreach (var value in values)
            _bits.Add(float.IsNaN(value) ? ulong.MaxValue : BitConverter.SingleToUInt32Bits(value));
        _parts.Add((name, _bits.Count));
    }
}
