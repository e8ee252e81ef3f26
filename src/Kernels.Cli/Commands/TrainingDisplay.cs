using System.Globalization;
using Kernels.Training;
using Spectre.Console;

namespace Kernels.Cli.Commands;

/// <summary>Shows a training while it runs: on a terminal a bar with the loss, the gradient, rows a second and the time left; elsewhere a line now and then.</summary>
internal static class TrainingDisplay
{
    // The display must not cost what it shows.
    private static readonly TimeSpan BarInterval = TimeSpan.FromSeconds(0.1);

    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(5);

    internal static TrainingResult Show(IAnsiConsole console, TrainSettings settings, Func<Action<TrainingProgress>, TrainingResult> train)
    {
        if (!console.Profile.Capabilities.Interactive)
            return train(Every(LineInterval, progress => console.WriteLine(Describe(progress))));

        TrainingResult? result = null;
        console.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context =>
            {
                var (task, first) = (context.AddTask("training", maxValue: 1), double.NaN);
                result = train(Every(BarInterval, progress =>
                {
                    if (double.IsNaN(first))
                        first = progress.GradientNorm;
                    task.Description = Markup.Escape(Describe(progress));
                    task.Value = Math.Max(task.Value, Fraction(progress, first, settings));
                }));
                task.Value = 1;
            });
        return result!;
    }

    /// <summary>How far it is: by the passes allowed, or by the orders of magnitude that the gradient has lost of those that it has to lose.</summary>
    internal static double Fraction(TrainingProgress progress, double firstNorm, TrainSettings settings)
    {
        var passes = settings.MaxIterations == 0 ? 1 : progress.Iteration / (double)settings.MaxIterations;
        var (lost, toLose) = (Math.Log(firstNorm / progress.GradientNorm), Math.Log(firstNorm / settings.Tolerance));
        var byGradient = double.IsFinite(lost) && double.IsFinite(toLose) && toLose > 0 ? lost / toLose : 0;
        return Math.Clamp(Math.Max(passes, byGradient), 0, 1);
    }

    private static string Describe(TrainingProgress progress) => string.Create(
        CultureInfo.InvariantCulture,
        $"iteration {progress.Iteration}  loss {progress.Loss:F6}  largest mean gradient {progress.GradientNorm:E2}  {progress.RowsPerSecond:E1} rows/s");

    // The first, and then one an interval.
    private static Action<TrainingProgress> Every(TimeSpan interval, Action<TrainingProgress> show)
    {
        var last = TimeSpan.MinValue;
        return progress =>
        {
            if (last != TimeSpan.MinValue && progress.Elapsed - last < interval)
                return;
            last = progress.Elapsed;
            show(progress);
        };
    }
}
