using Kernels.Links;
using Kernels.Loops;

namespace Kernels.Training;

/// <summary>A quadratic model of the objective around a point, trusted as far as a radius. Everything is in the
/// coordinates u, where columns have one scale.</summary>
internal sealed class TrustRegion(int parameters, SearchCoordinates coordinates)
{
    private readonly double[] _residual = new double[parameters];
    private readonly double[] _direction = new double[parameters];
    private readonly double[] _product = new double[parameters];
    private double _radius = double.NaN;

    internal double[] Gradient { get; } = new double[parameters];

    /// <summary>p, where the model is smallest in the region.</summary>
    internal double[] Step { get; } = new double[parameters];

    /// <summary>By how much the model falls from 0 to p.</summary>
    internal double PredictedDecrease { get; private set; }

    /// <summary>Whether p ends at the edge of the region.</summary>
    internal bool IsAtEdge { get; private set; }

    /// <summary>Shrinks the region after a poor step, and lets it grow after a good one that ended at its edge.</summary>
    internal void Resize(double ratio, double poor, double good)
    {
        if (ratio < poor)
            _radius = 0.25 * Math.Min(_radius, Math.Sqrt(Vectors.Dot(Step, Step)));
        else if (ratio > good && IsAtEdge)
            _radius *= 2;
    }

    /// <summary>Sets <see cref="Step"/> by preconditioned conjugate gradients; null, or a reason to stop.</summary>
    internal StopReason? Solve<TLink>(in Objective<TLink> objective, ReadOnlySpan<float> weights, Recorder recorder, int mostProducts)
        where TLink : struct, ILink
    {
        Array.Clear(Step);
        (PredictedDecrease, IsAtEdge) = (0, false);
        for (var j = 0; j < parameters; j++)
            _direction[j] = _residual[j] = -Gradient[j];
        var squares = Vectors.Dot(_residual, _residual);

        // At first as far as steepest descent goes to the model's minimum, if the Hessian were that of columns without correlation.
        if (double.IsNaN(_radius))
            _radius = Math.Sqrt(squares) / coordinates.Curvature;

        // Superlinear: the relative residual goes with the root of the gradient (Nocedal and Wright, 2nd ed., §7.1).
        var unit = coordinates.Curvature * coordinates.ResidualScale * coordinates.ResidualScale / Math.Max(1, coordinates.MeanSlope);
        var enough = squares * Math.Min(0.01, Math.Sqrt(squares / (unit * (1 + objective.TotalWeight))));
        for (var i = 0; i < mostProducts && squares > enough; i++)
        {
            if (recorder.BeforePass() is { } interrupted)
                return interrupted;
            objective.HessianProduct(weights, coordinates, _direction, _product);
            recorder.Count(1);
            var curvature = Vectors.Dot(_direction, _product);
            if (!double.IsFinite(curvature))
                return StopReason.Diverged;
            var along = squares / curvature;
            if (!(curvature > 0) || NormAfter(along) >= _radius * _radius)
            {
                Go(ToEdge(), curvature, squares);
                IsAtEdge = true;
                return null;
            }

            Go(along, curvature, squares);
            Vectors.AddScaled(-along, _product, _residual);
            var next = Vectors.Dot(_residual, _residual);
            var beta = next / squares;
            for (var j = 0; j < parameters; j++)
                _direction[j] = _residual[j] + (beta * _direction[j]);
            squares = next;
        }

        return null;
    }

    // p += t·d; the model falls by t·(r·d) − ½t²·dᵀHd, and r·d = rᵀr for a conjugate direction.
    private void Go(double t, double curvature, double squares)
    {
        PredictedDecrease += t * (squares - (0.5 * t * curvature));
        Vectors.AddScaled(t, _direction, Step);
    }

    private double NormAfter(double t)
    {
        var squares = 0.0;
        for (var j = 0; j < parameters; j++)
            squares += (Step[j] + (t * _direction[j])) * (Step[j] + (t * _direction[j]));
        return squares;
    }

    // The positive t with ‖p + t·d‖ = radius.
    private double ToEdge()
    {
        var (a, b) = (Vectors.Dot(_direction, _direction), Vectors.Dot(Step, _direction));
        var c = Math.Max((_radius * _radius) - Vectors.Dot(Step, Step), 0);
        return c / (b + Math.Sqrt((b * b) + (a * c)));
    }
}
