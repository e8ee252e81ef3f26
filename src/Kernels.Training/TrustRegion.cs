using Kernels.Links;
using Kernels.Loops;

namespace Kernels.Training;

/// <summary>A quadratic model of the objective around a point, trusted as far as a radius in the norm of the scale M: ‖p‖² = Σ mⱼpⱼ².</summary>
internal sealed class TrustRegion(int parameters)
{
    private readonly double[] _residual = new double[parameters];
    private readonly double[] _preconditioned = new double[parameters];
    private readonly double[] _direction = new double[parameters];
    private readonly double[] _product = new double[parameters];
    private double _radius = double.NaN;
    private bool _atEdge;

    internal double[] Gradient { get; } = new double[parameters];

    /// <summary>M: the diagonal of the Hessian.</summary>
    internal double[] Scale { get; } = new double[parameters];

    /// <summary>p, where the model is smallest in the region.</summary>
    internal double[] Step { get; } = new double[parameters];

    /// <summary>By how much the model falls from 0 to p.</summary>
    internal double PredictedDecrease { get; private set; }

    /// <summary>A column without curvature gets some: the step along it is then as long as the region allows.</summary>
    internal void FloorScale()
    {
        var largest = Vectors.LargestMagnitude(Scale);
        foreach (ref var m in Scale.AsSpan())
            m = Math.Max(m, largest > 0 ? 1e-12 * largest : 1);
        if (double.IsNaN(_radius))
        {
            // As far as a steepest descent to the model's minimum in the scaled variables would go, if the Hessian were M.
            var squares = 0.0;
            for (var j = 0; j < parameters; j++)
                squares += Gradient[j] * Gradient[j] / Scale[j];
            _radius = Math.Sqrt(squares);
        }
    }

    /// <summary>Shrinks the region after a poor step, and lets it grow after a good one that ended at its edge.</summary>
    internal void Resize(double ratio, double poor, double good)
    {
        if (ratio < poor)
            _radius = 0.25 * Math.Min(_radius, Math.Sqrt(NormOf(Step)));
        else if (ratio > good && _atEdge)
            _radius *= 2;
    }

    /// <summary>Sets <see cref="Step"/> by preconditioned conjugate gradients; null, or a reason to stop.</summary>
    internal StopReason? Solve<TLink>(in Objective<TLink> objective, ReadOnlySpan<float> weights, Recorder recorder, int mostProducts)
        where TLink : struct, ILink
    {
        Array.Clear(Step);
        (PredictedDecrease, _atEdge) = (0, false);
        for (var j = 0; j < parameters; j++)
        {
            _residual[j] = -Gradient[j];
            _preconditioned[j] = _residual[j] / Scale[j];
            _direction[j] = _preconditioned[j];
        }

        var squares = Vectors.Dot(_residual, _preconditioned);

        // Superlinear: the relative residual goes with the root of the gradient (Nocedal and Wright, 2nd ed., §7.1).
        var enough = squares * Math.Min(0.01, Math.Sqrt(squares / (1 + Math.Abs(objective.TotalWeight))));
        for (var i = 0; i < mostProducts && squares > enough; i++)
        {
            if (recorder.BeforePass() is { } interrupted)
                return interrupted;
            objective.HessianProduct(weights, _direction, _product);
            recorder.Count(1);
            var curvature = Vectors.Dot(_direction, _product);
            var along = squares / curvature;
            if (!(curvature > 0) || NormAfter(along) >= _radius * _radius)
            {
                Go(ToEdge(), curvature, squares);
                _atEdge = true;
                return null;
            }

            Go(along, curvature, squares);
            Vectors.AddScaled(-along, _product, _residual);
            for (var j = 0; j < parameters; j++)
                _preconditioned[j] = _residual[j] / Scale[j];
            var next = Vectors.Dot(_residual, _preconditioned);
            var beta = next / squares;
            for (var j = 0; j < parameters; j++)
                _direction[j] = _preconditioned[j] + (beta * _direction[j]);
            squares = next;
        }

        return null;
    }

    // p += t·d; the model falls by t·(r·d) − ½t²·dᵀHd, and r·d = rᵀM⁻¹r for a conjugate direction.
    private void Go(double t, double curvature, double squares)
    {
        PredictedDecrease += t * (squares - (0.5 * t * curvature));
        Vectors.AddScaled(t, _direction, Step);
    }

    private double NormAfter(double t)
    {
        var squares = 0.0;
        for (var j = 0; j < parameters; j++)
            squares += Scale[j] * (Step[j] + (t * _direction[j])) * (Step[j] + (t * _direction[j]));
        return squares;
    }

    // The positive t with ‖p + t·d‖ = radius.
    private double ToEdge()
    {
        var (a, b) = (NormOf(_direction), 0.0);
        for (var j = 0; j < parameters; j++)
            b += Scale[j] * Step[j] * _direction[j];
        var c = Math.Max((_radius * _radius) - NormOf(Step), 0);
        return c / (b + Math.Sqrt((b * b) + (a * c)));
    }

    private double NormOf(double[] v)
    {
        var squares = 0.0;
        for (var j = 0; j < parameters; j++)
            squares += Scale[j] * v[j] * v[j];
        return squares;
    }
}
