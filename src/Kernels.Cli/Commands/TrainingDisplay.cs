using System.Globalization;
using Kernels.Training;
using Spectre.Console;

namespace Kernels.Cli.Commands;

/// <summary>Shows a training while it runs: on a terminal a bar with what is minimised, how far it is, rows a second and the time left;
/// elsewhere nothing, or a line now and then on the error stream.</summary>
internal static class TrainingDisplay
{
    // The display must not cost what it shows.
    private static readonly TimeSpan BarInterval = TimeSpan.FromSeconds(0.1);

    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(5);

    /// <param name="display">Where to.</param>
    /// <param name="settings">What ends it.</param>
    /// <param name="more">What else is to say, given the rows a second; null for nothing.</param>
    /// <param name="train">Is handed what takes <see cref="TrainingProgress"/> and <see cref="FitProgress"/>.</param>
    internal static T Show<T>(Display display, TrainSettings settings, Func<double, string>? more, Func<Action<object>, T> train)
    {
        if (display.Terminal is not { } console)
            return train(display.Lines is { } lines
                ? Every(LineInterval, progress => lines.WriteLine(Describe(progress, more)))
                : _ => { });

        T? result = default;
        console.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context =>
            {
                var (task, first) = (context.AddTask("training", maxValue: 1), double.NaN);
                result = train(Every(BarInterval, progress =>
                {
                    var (distance, goal, passes) = DistanceOf(progress, settings);
                    if (!double.IsFinite(first))
                        first = distance;
                    task.Description = Markup.Escape(Describe(progress, more));
                    task.Value = Math.Max(task.Value, Fraction(distance, first, goal, passes));
                }));
                task.Value = 1;
            });
        return result!;
    }

    /// <summary>How far it is: by the passes allowed, or by the orders of magnitude that the distance has lost of those that it has to
    /// lose.</summary>
    internal static double Fraction(double distance, double first, double goal, double passes)
    {
        var (lost, toLose) = (Math.Log(first / distance), Math.Log(first / goal));
        var byDistance = double.IsFinite(lost) && double.IsFinite(toLose) && toLose > 0 ? lost / toLose : 0;
        return Math.Clamp(Math.Max(passes, byDistance), 0, 1);
    }

    private static (double Distance, double Goal, double Passes) DistanceOf(object progress, TrainSettings settings) => progress switch
    {
        TrainingProgress search => (search.GradientNorm, settings.GradientTolerance,
            settings.Iterations == 0 ? 1 : search.Iteration / (double)settings.Iterations),
        FitProgress fit =>
            (fit.Decrement, settings.ForFit(null).Tolerance, fit.Pass / (double)settings.ForFit(settings.MaxIterations).MaxPasses),
        _ => (1, 1, 0),
    };

    private static string Describe(object progress, Func<double, string>? more) => progress switch
    {
        TrainingProgress search => string.Create(
            CultureInfo.InvariantCulture,
            $"iteration {search.Iteration}  loss {search.Loss:F6}  largest mean gradient {search.GradientNorm:E2}  "
                + $"{search.RowsPerSecond:E1} rows/s{more?.Invoke(search.RowsPerSecond)}"),
        FitProgress fit => string.Create(
            CultureInfo.InvariantCulture,
            $"pass {fit.Pass}  {DevianceOf(fit)}{fit.Decrement:E2} standard errors from the optimum  {fit.RowsPerSecond:E1} "
                + $"rows/s{more?.Invoke(fit.RowsPerSecond)}"),
        _ => string.Empty,
    };

    // A pass for the gradient alone has none.
    private static string DevianceOf(FitProgress fit) =>
        double.IsNaN(fit.Deviance) ? string.Empty : string.Create(CultureInfo.InvariantCulture, $"deviance {fit.Deviance:F6}  ");

    // The first, and then one an interval.
    private static Action<object> Every(TimeSpan interval, Action<object> show)
    {
        var last = TimeSpan.MinValue;
        return progress =>
        {
            var elapsed = progress switch { TrainingProgress search => search.Elapsed, FitProgress fit => fit.Elapsed, _ => default };
            if (last != TimeSpan.MinValue && elapsed >= last && elapsed - last < interval)
                return;
            last = elapsed;
            show(progress);
        };
    }
}
