using Kernels.Links;

namespace Kernels.Training.Fits;

/// <summary>
/// Steps towards the optimum by gradients alone: BFGS (Nocedal and Wright, Numerical Optimization, 2nd ed., §6.1) whose first model is the
/// Hessian of a point nearby. A pass for the gradient, in float32, takes a seventh of one for XᵀDX.
/// </summary>
/// <remarks>
/// With the Hessian alone each step leaves as much of the way as it is wrong, a seventh with that of a sample; with the pairs that are
/// learnt on the way ever less. What comes out is a start like any other: the fit looks at it in float64. Float32 margins are those of
/// the columns as they are, so columns far from 0 are not for this (<see cref="AreNear"/>).
/// </remarks>
/// <param name="coordinates">Those of the fit.</param>
/// <param name="penalties">Without λ₁.</param>
/// <param name="hessian">Of a point nearby.</param>
/// <param name="dispersion">φ.</param>
internal sealed class SecantSteps<TLink>(Coordinates coordinates, Penalties penalties, Cholesky hessian, double dispersion)
    where TLink : struct, ILink
{
    // Steps that shrink less are rounding, or the Hessian is not that of a point nearby.
    private const double Shrinking = 0.3;

    // Changes of a float32 loss below this part of it are rounding.
    private const double Noise = 1e-6;

    private const int MostSteps = 8;

    private readonly CurvaturePairs _pairs = new(MostSteps, hessian: hessian);
    private readonly double[] _step = new double[coordinates.Parameters];
    private readonly float[] _weights = new float[coordinates.Parameters];
    private readonly float[] _raw = new float[coordinates.Parameters];
    private int _passes;

    /// <summary>How far the optimum is where the point was moved, in standard errors: at the rate of the last two steps.</summary>
    internal double Left { get; private set; } = double.PositiveInfinity;

    // Where the last gradient was.
    private double Decrement { get; set; } = double.PositiveInfinity;

    /// <summary>Whether no column lies so far from 0 that float32 margins lose its digits.</summary>
    internal static bool AreNear(ColumnScan scan, bool hasIntercept)
    {
        for (var j = 0; j < scan.Means.Length && hasIntercept; j++)
        {
            if (Math.Abs(scan.Means[j]) > ColumnMoments.Far * scan.Deviations[j])
                return false;
        }

        return true;
    }

    /// <summary>Moves a point as near to the optimum as it goes.</summary>
    /// <param name="data">The rows.</param>
    /// <param name="at">The point.</param>
    /// <param name="mostPasses">Passes at most.</param>
    /// <param name="isEnough">Of a step and the part of it that is left then: whether that is worth no further pass.</param>
    /// <param name="report">Called after every pass.</param>
    internal void Move(in FitData<TLink> data, double[] at, int mostPasses, Func<double[], double, bool> isEnough, Action<double> report)
    {
        var (objective, last, slopes) = (double.PositiveInfinity, default(double[]), default(double[]));
        while (_passes < Math.Min(MostSteps, mostPasses))
        {
            // The point that float32 weights are.
            var raw = coordinates.ToRaw(at);
            for (var j = 0; j < raw.Length; j++)
                raw[j] = _weights[j] = (float)raw[j];
            var here = coordinates.FromRaw(raw);
            var value = data.Gradient(_weights, _raw).Loss + penalties.At(here);
            _passes++;
            var gradient = new double[at.Length];
            coordinates.OfGradient(_raw, gradient);
            penalties.AddTo(gradient, here);
            if (last is not null && slopes is not null)
                _pairs.Add(Vectors.Difference(here, last), Vectors.Difference(gradient, slopes));
            var (before, decrement) = (Decrement, SetStep(gradient));
            report(decrement);
            if (!double.IsFinite(decrement) || !(value <= objective + (Noise * Math.Abs(objective))))
            {
                // The last step led away.
                last?.CopyTo(at, 0);
                Left = Decrement;
                return;
            }

            (objective, last, slopes, Decrement, Left) = (value, here, gradient, decrement, decrement);
            if (decrement > Shrinking * before)
                return;
            for (var j = 0; j < at.Length; j++)
                at[j] = here[j] + _step[j];
            var part = double.IsFinite(before) ? decrement / before : 1;
            Left = decrement * part;
            if (part < 1 && isEnough(_step, part))
                return;
        }
    }

    private double SetStep(double[] gradient)
    {
        gradient.CopyTo(_step, 0);
        _pairs.ToDescent(_step);
        return Math.Sqrt(Math.Max(0, -Vectors.Dot(gradient, _step)) / dispersion);
    }
}
