using Kernels.Links;

namespace Kernels.Training.Fits;

/// <summary>The step at a point, and how long it is.</summary>
internal sealed partial class NewtonFit<TLink>
    where TLink : struct, ILink
{
    private bool MovesNothing() => Decrement <= Nothing
        || (typeof(TLink) != typeof(Identity) && !_penalties.HasL1 && Decrement <= _options.Tolerance && LargestMove(_step) <= Nothing);

    // max |x·p| over all rows, from above: each column by the largest value that it has.
    private double LargestMove(double[] step)
    {
        var move = _coordinates.HasIntercept ? Math.Abs(step[^1]) : 0;
        for (var j = 0; j < _scan.Largest.Length; j++)
        {
            var farthest = (_scan.Largest[j] + Math.Abs(_coordinates.Centers[j])) / _coordinates.Scales[j];
            move += _isOut[j] ? 0 : Math.Abs(step[j]) * farthest;
        }

        return move;
    }

    // A column whose pivot is no larger than what rounding to float32 can hide is a combination of those before it.
    private double[] Thresholds()
    {
        var thresholds = new double[_step.Length];
        Array.Fill(thresholds, 1e-13);
        for (var j = 0; j < _scan.Largest.Length; j++)
        {
            var rounding = Rounding * _scan.Largest[j] / _coordinates.Scales[j];
            thresholds[j] = Math.Min(1e-4, Math.Max(1e-13, 40 * rounding * rounding));
        }

        return thresholds;
    }

    // Once it is known which columns are out, another small pivot is one for this step alone: rows whose weight has gone.
    private double[] TemporaryThresholds() => Array.ConvertAll(_isOut, isOut => isOut ? double.PositiveInfinity : 1e-14);

    // False where columns are so nearly dependent that float32 products cannot tell, or there is λ₁, whose zeros they decide.
    private bool SetQuickStep()
    {
        if (_penalties.HasL1)
            return false;
        var cholesky = new Cholesky(_point.Hessian, _step.Length, _coordinates.HasIntercept, Array.ConvertAll(_step, _ => QuickPivot));
        if (cholesky.Out.Any())
            return false;
        SetStep(cholesky);
        return true;
    }

    private void SetStep(bool isFirst)
    {
        if (_penalties.HasL1)
        {
            for (var j = 0; j < _step.Length && isFirst; j++)
                _isOut[j] = !(_point.Hessian[Packed.At(j, j)] > 0);
            ProximalStep.Solve(_point, _penalties, _isOut, _step);
            Decrement = Math.Sqrt(Math.Max(0, Curvature()) / DispersionOrNoise());
            return;
        }

        var cholesky = new Cholesky(_point.Hessian, _step.Length, _coordinates.HasIntercept, isFirst ? _thresholds : TemporaryThresholds());
        if (isFirst)
        {
            foreach (var j in cholesky.Out)
                _isOut[j] = true;
        }

        SetStep(cholesky);
    }

    private void SetStep(Cholesky cholesky)
    {
        var negative = Array.ConvertAll(_point.Gradient, g => -g);
        cholesky.Solve(negative, _step);
        var square = 0.0;
        for (var j = 0; j < _step.Length; j++)
            square += negative[j] * _step[j];
        Decrement = Math.Sqrt(Math.Max(0, square) / DispersionOrNoise());
    }

    // pᵀHp.
    private double Curvature()
    {
        var sum = 0.0;
        for (int j = 0, at = 0; j < _step.Length; j++)
        {
            for (var k = 0; k <= j; k++, at++)
                sum += (j == k ? 1 : 2) * _point.Hessian[at] * _step[j] * _step[k];
        }

        return sum;
    }

    // An exact fit has no dispersion but that of targets rounded to float32.
    private double DispersionOrNoise()
    {
        if (typeof(TLink) != typeof(Identity))
            return 1;
        var target = Math.Max(Math.Abs(_scan.LargestTarget), Math.Abs(_scan.SmallestTarget));
        return Math.Max(Dispersion, Rounding * Rounding / 16 * target * target * _scan.TotalWeight / _scan.CountedRows) + double.Epsilon;
    }
}
