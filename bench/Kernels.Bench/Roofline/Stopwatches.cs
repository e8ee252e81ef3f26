using System.Diagnostics;

namespace Kernels.Bench.Roofline;

/// <summary>
/// Times contenders side by side: in every round each of them once, so that whatever else the machine does meets
/// them all; of many rounds the median.
/// </summary>
internal static class Stopwatches
{
    // Long enough for the clock, short enough that a round is over before the machine changes.
    private const double SampleSeconds = 150e-6;

    private const int LeastRounds = 11;

    internal static List<Measurement> Run(Problem problem, IReadOnlyList<Contender> contenders, double seconds, int threads)
    {
        var tasks = new List<Entry>();
        foreach (var contender in contenders.Where(c => c.Takes(problem.Shape)))
            tasks.AddRange(contender.Operations.Select(operation => new Entry(contender, operation)));

        foreach (var task in tasks)
        {
            task.Run(problem); // compiled, and everything touched
            task.Error = ErrorOf(task.Operation, problem);
            var once = Math.Min(task.Time(problem, 1), task.Time(problem, 1));
            task.Calls = (int)Math.Clamp(SampleSeconds / once, 1, 1e6);
        }

        var clock = Stopwatch.StartNew();
        for (var round = 0; round < LeastRounds || clock.Elapsed.TotalSeconds < seconds; round++)
        {
            for (var i = 0; i < tasks.Count; i++)
            {
                var task = tasks[(i + round) % tasks.Count];
                if (task.Calls > 1)
                    task.Run(problem); // what the one before left in the caches is not this one's
                task.Samples.Add(task.Time(problem, task.Calls));
            }
        }

        var read = tasks.Where(t => t.Contender.Name == ReadOnlyContender.Id).Select(t => t.Median).FirstOrDefault(double.NaN);
        return [.. tasks.Select(t =>
            new Measurement(problem.Shape, threads, t.Contender.Name, t.Operation, t.Median * 1e9, read / t.Median, t.Error))];
    }

    private static double? ErrorOf(Operation operation, Problem problem) => operation switch
    {
        Operation.Gradient or Operation.LossAndGradient => Problem.RelativeError(problem.Gradient, problem.Expected),
        Operation.Predict => Problem.RelativeError(problem.Margins, problem.ExpectedMeans),
        _ => null,
    };

    private sealed class Entry(Contender contender, Operation operation)
    {
        internal Contender Contender { get; } = contender;

        internal Operation Operation { get; } = operation;

        internal int Calls { get; set; }

        internal double? Error { get; set; }

        internal List<double> Samples { get; } = [];

        internal double Median => Samples.Order().ElementAt(Samples.Count / 2);

        internal void Run(Problem problem) => Contender.Run(Operation, problem);

        /// <summary>Seconds a call.</summary>
        internal double Time(Problem problem, int calls)
        {
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < calls; i++)
                Contender.Run(Operation, problem);
            return Stopwatch.GetElapsedTime(start).TotalSeconds / calls;
        }
    }
}
