using Kernels.Lanes;
using Kernels.Links;
using Kernels.Loops;
using Kernels.Passes;
using Kernels.Rows;

namespace Kernels.Verification;

/// <summary>One vector width in this process, whatever width the process would choose.</summary>
public abstract class Engine : Runner
{
    private static readonly Engine[] Engines =
        [new Of<Lanes512>("Vector512"), new Of<Lanes256>("Vector256"), new Of<Lanes128>("Vector128"), new Of<ScalarLanes>("Scalar")];

    private Engine(string name) => Name = name;

    public string Name { get; }

    public abstract bool IsSupported { get; }

    /// <summary>All widths, the widest first.</summary>
    public static IReadOnlyList<Engine> All => Engines;

    /// <summary>Those that this machine has.</summary>
    public static IEnumerable<Engine> Supported => Engines.Where(e => e.IsSupported);

    public override string ToString() => Name;

    public abstract void GradientOnly<TLink>(in DesignMatrix x, ReadOnlySpan<float> y, ReadOnlySpan<float> weights, Span<float> gradient)
        where TLink : struct, ILink;

    private sealed class Of<TLanes>(string name) : Engine(name)
        where TLanes : struct, ILanes<TLanes>
    {
        public override bool IsSupported => TLanes.IsSupported;

        public override double Gradient<TLink>(in DesignMatrix x, ReadOnlySpan<float> y, ReadOnlySpan<float> weights, Span<float> gradient,
            Reduction reduction = Reduction.Sum) =>
            Run<GradientPass<TLink>>(x, y, weights, gradient, reduction, 0f).Loss;

        public override void GradientOnly<TLink>(in DesignMatrix x, ReadOnlySpan<float> y, ReadOnlySpan<float> weights,
            Span<float> gradient) =>
            Run<GradientPass<WithoutLoss<TLink>>>(x, y, weights, gradient, default, 0f);

        public override double Loss<TLink>(in DesignMatrix x, ReadOnlySpan<float> y, ReadOnlySpan<float> weights,
            Reduction reduction = Reduction.Sum) =>
            Run<LossPass<TLink>>(x, y, weights, default, reduction, 0f).Loss;

        public override StepResult Step<TLink>(in DesignMatrix x, ReadOnlySpan<float> y, Span<float> weights, float learningRate,
            Reduction reduction = Reduction.Sum) =>
            Run<StepPass<TLink>>(x, y, weights, default, reduction, learningRate);

        public override Evaluation Gradient<TLink>(in Observations data, ReadOnlySpan<float> weights, Span<float> gradient,
            Reduction reduction = Reduction.Sum, float l2 = 0f) =>
            data.SampleWeights.IsEmpty
                ? Run<GradientPass<TLink>>(data, weights, default, gradient, reduction, l2)
                : Run<GradientPass<Weighted<TLink>>>(data, weights, default, gradient, reduction, l2);

        public override Evaluation Loss<TLink>(in Observations data, ReadOnlySpan<float> weights, Reduction reduction = Reduction.Sum,
            float l2 = 0f) =>
            data.SampleWeights.IsEmpty
                ? Run<LossPass<TLink>>(data, weights, default, default, reduction, l2)
                : Run<LossPass<Weighted<TLink>>>(data, weights, default, default, reduction, l2);

        public override StepResult Step<TLink>(in Observations data, Span<float> weights, float learningRate,
            Reduction reduction = Reduction.Sum, float l2 = 0f)
        {
            var counts = default(RowCounts);
            var sums = data.SampleWeights.IsEmpty
                ? Call.Run<StepPass<TLink>, TLanes>(data, weights, default, default, reduction, learningRate, l2, null, ref counts)
                : Call.Run<StepPass<Weighted<TLink>>, TLanes>(data, weights, default, default, reduction, learningRate, l2, null,
                    ref counts);
            return new(sums.Loss, counts.Applied, counts.Skipped);
        }

        public override Evaluation HessianProduct<TLink>(in Observations data, ReadOnlySpan<float> weights, ReadOnlySpan<float> direction,
            Span<float> product, Reduction reduction = Reduction.Sum, float l2 = 0f) =>
            data.SampleWeights.IsEmpty
                ? Run<GradientPass<Curvature<TLink, AlongDirection>>>(data, weights, direction, product, reduction, l2)
                : Run<GradientPass<Weighted<Curvature<TLink, AlongDirection>>>>(data, weights, direction, product, reduction, l2);

        public override Evaluation HessianDiagonal<TLink>(in Observations data, ReadOnlySpan<float> weights, Span<float> diagonal,
            Reduction reduction = Reduction.Sum, float l2 = 0f) =>
            data.SampleWeights.IsEmpty
                ? Run<GradientPass<Curvature<TLink, OnDiagonal>>>(data, weights, default, diagonal, reduction, l2)
                : Run<GradientPass<Weighted<Curvature<TLink, OnDiagonal>>>>(data, weights, default, diagonal, reduction, l2);

        public override HessianEvaluation Hessian<TLink>(in Observations data, ReadOnlySpan<double> weights, Span<double> gradient,
            Span<double> hessian, ReadOnlySpan<double> centers) =>
            Hessian<TLink>(data, weights, gradient, hessian, centers, elementFloats: 2);

        public override HessianEvaluation HessianSingle<TLink>(in Observations data, ReadOnlySpan<float> weights, Span<double> gradient,
            Span<double> hessian, ReadOnlySpan<double> centers) =>
            Hessian<TLink>(data, DoubleOracle.Widen(weights), gradient, hessian, centers, elementFloats: 1);

        private static HessianEvaluation Hessian<TLink>(in Observations data, ReadOnlySpan<double> weights, Span<double> gradient,
            Span<double> hessian, ReadOnlySpan<double> centers, int elementFloats)
            where TLink : struct, ILink
        {
            var sums = new HessianSums(weights, centers, data.X.Columns, firstRow: 0, elementFloats);
            Call.AddHessian<TLink, TLanes>(data, sums, options: null);
            return sums.Total(gradient, hessian);
        }

        public override void Predict<TLink>(in DesignMatrix x, ReadOnlySpan<float> weights, Span<float> destination)
        {
            if (FewRows.Takes(x.Rows, x.Columns))
                Call.RunFewRows<TLink, TLanes>(x, weights, destination);
            else
                Run<PredictionPass<TLink>>(x, default, weights, destination, default, 0f);
        }

        private static Evaluation Run<TPass>(in Observations data, ReadOnlySpan<float> weights, ReadOnlySpan<float> direction,
            Span<float> output, Reduction reduction, float l2)
            where TPass : struct, IParallelPass
        {
            var counts = default(RowCounts);
            var sums = Call.Run<TPass, TLanes>(data, weights, direction, output, reduction, 0f, l2, null, ref counts);
            return new(sums.Loss, sums.Weight, counts.Skipped);
        }

        private static StepResult Run<TPass>(in DesignMatrix x, ReadOnlySpan<float> y, ReadOnlySpan<float> weights, Span<float> output,
            Reduction reduction, float learningRate)
            where TPass : struct, IPass
        {
            var counts = default(RowCounts);
            var sums = Call.Run<TPass, TLanes>(x, y, weights, output, reduction, learningRate, ref counts);
            return new(sums.Loss, counts.Applied);
        }
    }
}
