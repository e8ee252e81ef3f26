using System.Diagnostics;
using Kernels.Links;

namespace Kernels.Training.Fits;

/// <summary>
/// Newton's method in float64, in coordinates without units: iteratively reweighted least squares, or, with λ₁, proximal Newton.
/// </summary>
/// <remarks>
/// <para>J is convex, so a step is halved until the objective falls (Nocedal and Wright, Numerical Optimization, 2nd ed., §3.1). It stops
/// by the Newton decrement λ = √(gᵀH⁻¹g/φ), which has no unit and does not grow with the rows (Boyd and Vandenberghe, Convex
/// Optimization, §9.5): with λ at the tolerance one last step is taken, after which the error is of the order of λ².</para>
/// <para>Of larger data the first points are evaluated with products in float32, until the decrement is small or the columns turn out
/// nearly dependent; what is reported is float64.</para>
/// <para>A relative change of the deviance is no rule: it stops first-order methods thousandths of a standard error away.</para>
/// </remarks>
internal sealed class NewtonFit<TLink>
    where TLink : struct, ILink
{
    // After a step so small another look would tell nothing new: coefficients are 10⁻¹⁰ standard errors away, and the errors, which move by
    // half the step at most (a row's leverage is at most 1), are right to 5·10⁻⁶.
    private const double Nothing = 1e-5;

    // Changes of the objective below this part of it are rounding.
    private const double Noise = 1e-12;

    // 2⁻²⁴: the rounding of a float32.
    private const double Rounding = 1.0 / (1 << 24);

    // In standard errors: nearer to the optimum, float32 products are no longer enough. A step in them leaves a thousandth of that.
    private const double Quick = 0.1;

    // Of float32 products a smaller pivot is rounding, and a larger change of the objective is none.
    private const double QuickPivot = 1e-4;
    private const double QuickNoise = 1e-6;

    // Passes after which a decrement that falls slowly may be the sign of a separation.
    private const int PatientPasses = 6;
    private const double SlowFall = 20;
    private const int MostHalvings = 60;

    // In deviations of a column: of a step that should be too small to matter.
    private const double LongStep = 1e-2;

    private readonly FitOptions _options;
    private readonly ColumnScan _scan;
    private readonly Coordinates _coordinates;
    private readonly Penalties _penalties;
    private readonly double[] _thresholds;
    private readonly Action<FitProgress>? _progress;
    private readonly Stopwatch _clock;
    private readonly List<double> _history = [];
    private readonly double[] _step;
    private readonly double[] _weights;
    private bool[] _isOut;
    private Point _point;
    private Point _trial;

    internal NewtonFit(FitOptions options, ColumnScan scan, bool intercept, Stopwatch clock, Action<FitProgress>? progress)
    {
        (_options, _scan, _clock, _progress) = (options, scan, clock, progress);
        _coordinates = new(scan, intercept);
        _penalties = new(options, _coordinates, scan);
        var p = _coordinates.Parameters;
        (_step, _weights, _isOut, _point, _trial) = (new double[p], new double[p], new bool[p], new(p), new(p));
        _thresholds = Thresholds();
    }

    /// <summary>Passes so far; one look at the columns came before.</summary>
    internal int Passes { get; set; } = 1;

    internal Coordinates Coordinates => _coordinates;

    /// <summary>Whether the start is a sample's optimum: some standard errors away, and not the caller's.</summary>
    internal bool StartsFromSample { get; init; }

    /// <summary>The last accepted point.</summary>
    internal Point Current => _point;

    internal double Decrement { get; private set; } = double.NaN;

    internal double Dispersion => typeof(TLink) == typeof(Identity) ? _point.Deviance / Math.Max(1, DegreesOfFreedom) : 1;

    internal IReadOnlyList<double> History => _history;

    internal IEnumerable<int> Aliased => Enumerable.Range(0, _isOut.Length).Where(j => _isOut[j]);

    internal int[] Separating { get; private set; } = [];

    // A penalty has an optimum.
    private bool CanSeparate => typeof(TLink) != typeof(Identity) && !_options.IsPenalized;

    internal long DegreesOfFreedom => _scan.CountedRows - _isOut.Count(isOut => !isOut);

    /// <summary>Moves the point to the optimum.</summary>
    /// <param name="data">The rows.</param>
    /// <param name="start">Where to begin, in the coordinates of the fit; empty for the best start there is.</param>
    /// <param name="intercept">That of the null model.</param>
    /// <param name="nullDeviance">Its deviance.</param>
    internal FitStatus Run(in FitData<TLink> data, ReadOnlySpan<double> start, double intercept, double nullDeviance)
    {
        if (_coordinates.HasIntercept)
            _point.At[^1] = intercept;
        if (Passes >= _options.MaxPasses)
            return FitStatus.IterationLimit;
        if (!Begin(data, start, nullDeviance))
            return FitStatus.Diverged;
        _history.Add(_point.Objective);
        var isLast = false;
        var isRankKnown = false;
        for (var before = double.PositiveInfinity; ; before = Decrement)
        {
            if (_point.IsQuick && !SetQuickStep())
            {
                // The same point again, in float64.
                if (Passes >= _options.MaxPasses)
                    return FitStatus.IterationLimit;
                if (!Evaluate(data, _point, isQuick: false))
                    return FitStatus.Diverged;
            }

            if (!_point.IsQuick)
            {
                SetStep(!isRankKnown);
                isRankKnown = true;
            }

            Report();
            if (_point.IsQuick)
            {
                if (Passes >= _options.MaxPasses)
                    return FitStatus.IterationLimit;
                if (Move(data, isQuick: Decrement > Quick && !IsSlow(before)) is { } end)
                    return end;
                continue;
            }

            if (Decrement <= Nothing || isLast)
                return Finished(data);
            if (IsSlow(before) && Separation.Along(data, _coordinates, _step) is { } columns)
            {
                (Separating, Passes) = (columns, Passes + 1);
                return FitStatus.Separated;
            }

            if (Passes >= _options.MaxPasses)
                return Decrement <= _options.Tolerance ? Finished(data) : FitStatus.IterationLimit;
            isLast = Decrement <= _options.Tolerance;
            var moved = Move(data, isQuick: false);
            if (moved is { } stop)
                return isLast && stop == FitStatus.Rounding ? Finished(data) : stop;
        }
    }

    /// <summary>The inverse of the Hessian in the coordinates of the fit, packed; 0 where columns are left out.</summary>
    internal double[] InverseHessian() =>
        new Cholesky(_point.Hessian, _step.Length, _coordinates.HasIntercept, TemporaryThresholds()).Inverse();

    private bool Begin(in FitData<TLink> data, ReadOnlySpan<double> start, double nullDeviance)
    {
        if (!start.IsEmpty && !StartsFromSample)
        {
            start.CopyTo(_point.At);
            return Evaluate(data, _point, isQuick: false);
        }

        if (!start.IsEmpty)
        {
            start.CopyTo(_trial.At);
            if (Evaluate(data, _trial, data.CanBeQuick) && (_options.IsPenalized || _trial.Deviance <= nullDeviance))
            {
                (_point, _trial) = (_trial, _point);
                return true;
            }
        }

        if (typeof(TLink) == typeof(Log) && Passes + 1 < _options.MaxPasses)
        {
            CountStart.Of(data, _coordinates, _thresholds).CopyTo(_trial.At, 0);
            Passes++;
            if (Evaluate(data, _trial, data.CanBeQuick) && _trial.Deviance <= nullDeviance)
            {
                (_point, _trial) = (_trial, _point);
                return true;
            }
        }

        return Evaluate(data, _point, data.CanBeQuick);
    }

    // The step that is known is taken, without another look: it moves the deviance by λ²·φ. Far out along a separation all rows are fitted,
    // so the decrement is small; but the step is not.
    private FitStatus Finished(in FitData<TLink> data)
    {
        if (CanSeparate && Vectors.LargestMagnitude(_step) > LongStep && Separation.Along(data, _coordinates, _step) is { } columns)
        {
            (Separating, Passes) = (columns, Passes + 1);
            return FitStatus.Separated;
        }

        for (var j = 0; j < _step.Length; j++)
            _point.At[j] += _isOut[j] ? 0 : _step[j];
        return !_penalties.HasL1 && Array.Exists(_isOut, isOut => isOut) ? FitStatus.Collinear : FitStatus.Optimum;
    }

    private bool IsSlow(double before) => CanSeparate && Passes >= PatientPasses && Decrement * Decrement * SlowFall > before * before;

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

    private FitStatus? Move(in FitData<TLink> data, bool isQuick)
    {
        for (var (factor, halvings) = (1.0, 0); ; factor *= 0.5, halvings++)
        {
            for (var j = 0; j < _step.Length; j++)
                _trial.At[j] = _isOut[j] ? 0 : _point.At[j] + (factor * _step[j]);
            var isFinite = Evaluate(data, _trial, isQuick);
            var noise = _point.IsQuick || _trial.IsQuick ? QuickNoise : Noise;
            if (isFinite && _trial.Objective <= _point.Objective + (noise * Math.Abs(_point.Objective)))
            {
                (_point, _trial) = (_trial, _point);
                _history.Add(_point.Objective);
                return null;
            }

            if (halvings >= MostHalvings)
                return isFinite ? FitStatus.Rounding : FitStatus.Diverged;
            if (isFinite && halvings >= 3 && Decrement <= 1e-3)
                return FitStatus.Rounding;
            if (Passes >= _options.MaxPasses)
                return FitStatus.IterationLimit;
        }
    }

    private bool Evaluate(in FitData<TLink> data, Point point, bool isQuick)
    {
        _coordinates.ToCentered(point.At, _weights);
        var result = isQuick
            ? data.EvaluateQuickly(_weights, _coordinates.Centers, point.Gradient, point.Hessian)
            : data.Evaluate(_weights, _coordinates.Centers, point.Gradient, point.Hessian);
        point.IsQuick = isQuick;
        Passes++;
        _coordinates.Scale(point.Gradient, point.Hessian);
        _penalties.AddTo(point);
        (point.Deviance, point.Objective) = (result.Deviance, (0.5 * result.Deviance) + _penalties.At(point.At));
        return double.IsFinite(point.Objective);
    }

    private void Report()
    {
        var elapsed = _clock.Elapsed;
        _progress?.Invoke(new(Passes, _point.Deviance, Decrement, elapsed,
            (_scan.CountedRows + _scan.SkippedRows) * (double)Passes / Math.Max(elapsed.TotalSeconds, 1e-9)));
    }
}
