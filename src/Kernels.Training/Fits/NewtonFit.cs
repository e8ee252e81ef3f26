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
internal sealed partial class NewtonFit<TLink>
    where TLink : struct, ILink
{
    // After a step that moves no row's margin by more, another look would tell nothing new: no weight μ′ changes by a larger part
    // (|μ″| ≤ μ′), so coefficients are right to 10⁻⁵ of the step and standard errors to 5·10⁻⁶. A margin moves by the
    // decrement at most, as no row's leverage is larger than 1; of many rows by far less.
    private const double Nothing = 1e-5;

    // Changes of the objective below this part of it are rounding.
    private const double Noise = 1e-12;

    // 2⁻²⁴: the rounding of a float32.
    private const double Rounding = 1.0 / (1 << 24);

    // In standard errors: nearer to the optimum, float32 products are no longer enough. A step in them leaves a thousandth of that.
    private const double Quick = 0.1;

    // The Hessian of a point from which a step moves margins by less, in the mean, is good for more than one step: |μ″| ≤ μ′, so it
    // is wrong by some such part.
    private const double Near = 0.25;

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
    private readonly bool _isNearZero;
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
        _isNearZero = SecantSteps<TLink>.AreNear(scan, intercept);
    }

    /// <summary>Passes so far; one look at the columns came before.</summary>
    internal int Passes { get; set; } = 1;

    internal Coordinates Coordinates => _coordinates;

    /// <summary>Where the start is a sample's optimum, some standard errors away, and not the caller's: the Hessian there, about; else
    /// empty.</summary>
    internal double[] SampleHessian { get; init; } = [];

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

            Report(_point.Deviance, Decrement);
            if (_point.IsQuick)
            {
                if (Passes >= _options.MaxPasses)
                    return FitStatus.IterationLimit;
                if (MoveByGradients(data, before))
                    continue;
                if (Move(data, isQuick: Decrement > Quick && !IsSlow(before)) is { } end)
                    return end;
                continue;
            }

            if (isLast || MovesNothing())
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
        if (!start.IsEmpty && SampleHessian.Length == 0)
        {
            start.CopyTo(_point.At);
            return Evaluate(data, _point, isQuick: false);
        }

        if (!start.IsEmpty)
        {
            start.CopyTo(_trial.At);
            if (Evaluate(data, _trial, !Approach(data, SampleHessian)) && (_options.IsPenalized || _trial.Deviance <= nullDeviance))
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

    // The step that is known is taken, without another look: it moves the deviance by λ²·φ. Far out along a separation all rows are
    // fitted, so the decrement is small; but the step is not.
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

    // Steps with the Hessian of a point nearby, and a look in float64 at where they end; false where they do not come nearer.
    private bool MoveByGradients(in FitData<TLink> data, double before)
    {
        if (!IsNear() || _options.Tolerance > Quick || IsSlow(before))
            return false;
        for (var j = 0; j < _step.Length; j++)
            _trial.At[j] = _point.At[j] + _step[j];
        if (!Approach(data, _point.Hessian) || Passes >= _options.MaxPasses || !Evaluate(data, _trial, isQuick: false)
            || _trial.Objective > _point.Objective + (QuickNoise * Math.Abs(_point.Objective)))
            return false;
        (_point, _trial) = (_trial, _point);
        _history.Add(_point.Objective);
        return true;
    }

    // Σ μ′·Δ² over the rows is λ²·φ, and Σ μ′ the intercept's curvature.
    private bool IsNear() => typeof(TLink) == typeof(Identity)
        || (_coordinates.HasIntercept && Decrement <= Near * Math.Sqrt(_point.Hessian[^1]));

    // Moves the trial point by gradients alone; whether it is so near now that it is worth a look in float64.
    private bool Approach(in FitData<TLink> data, double[] hessian)
    {
        if (!_isNearZero || _penalties.HasL1)
            return false;
        var cholesky = new Cholesky(hessian, _step.Length, _coordinates.HasIntercept, Array.ConvertAll(_step, _ => QuickPivot));
        if (cholesky.Out.Any())
            return false;
        var steps = new SecantSteps<TLink>(_coordinates, _penalties, cholesky, DispersionOrNoise());
        steps.Move(data, _trial.At, _options.MaxPasses - Passes - 1, IsEnough, decrement =>
        {
            Passes++;
            Report(double.NaN, decrement);
        });
        return steps.Left <= Quick;

        // What is left after the step is to move nothing.
        bool IsEnough(double[] step, double left) => left * LargestMove(step) <= 0.5 * Nothing;
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

    private void Report(double deviance, double decrement)
    {
        var elapsed = _clock.Elapsed;
        _progress?.Invoke(new(Passes, deviance, decrement, elapsed,
            (_scan.CountedRows + _scan.SkippedRows) * (double)Passes / Math.Max(elapsed.TotalSeconds, 1e-9)));
    }
}
