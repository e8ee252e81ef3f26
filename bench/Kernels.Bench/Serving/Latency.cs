using System.Diagnostics;

namespace Kernels.Bench.Serving;

/// <summary>What a call takes: percentiles in nanoseconds of the mean of so many calls in a row as take a microsecond, for a clock that
/// itself takes some twenty; and the bytes that a call allocates.</summary>
internal sealed record Latency(int Rows, int Columns, string Scorer, double Median, double P99, double P999, double Bytes)
{
    private const double SampleSeconds = 1e-6;
    private const int SamplesInARow = 500;
    private const double WarmSeconds = 0.15;

    /// <summary>Each in turn, so that whatever else the machine does meets them all.</summary>
    internal static List<Latency> Measure(Batches batches, IReadOnlyList<Scorer> scorers, int rounds)
    {
        // In turns, and more than once: what was called while nothing else was new is compiled again later.
        for (var turn = 0; turn < 4; turn++)
        {
            foreach (var scorer in scorers)
                Warm(scorer, batches.Values.Length);
        }

        var calls = scorers.Select(scorer => CallsOf(scorer, batches.Values.Length)).ToArray(); // not before all are compiled
        var samples = scorers.Select(_ => new List<double>(rounds * SamplesInARow)).ToArray();
        for (var round = 0; round < rounds; round++)
        {
            for (var turn = 0; turn < scorers.Count; turn++)
            {
                var s = (turn + round) % scorers.Count;
                for (var i = 0; i < SamplesInARow / 5; i++)
                    scorers[s].Score(i % batches.Values.Length); // what the one before left in the caches is not this one's
                Sample(scorers[s], batches.Values.Length, calls[s], samples[s]);
            }
        }

        return [.. scorers.Select((scorer, s) =>
        {
            samples[s].Sort();
            return new Latency(batches.Rows, batches.Columns, scorer.Name, At(samples[s], 0.5), At(samples[s], 0.99), At(samples[s], 0.999),
                BytesOf(scorer));
        })];
    }

    private static void Sample(Scorer scorer, int batches, int calls, List<double> samples)
    {
        var batch = 0;
        for (var i = 0; i < SamplesInARow; i++)
        {
            var start = Stopwatch.GetTimestamp();
            for (var call = 0; call < calls; call++)
            {
                scorer.Score(batch);
                batch = batch + 1 == batches ? 0 : batch + 1;
            }

            samples.Add((Stopwatch.GetTimestamp() - start) * (1e9 / Stopwatch.Frequency) / calls);
        }
    }

    // Until the runtime has compiled it fully.
    private static void Warm(Scorer scorer, int batches)
    {
        var (clock, calls) = (Stopwatch.StartNew(), 0);
        for (; clock.Elapsed.TotalSeconds < WarmSeconds; calls++)
            scorer.Score(calls % batches);
    }

    // So many that they take the time of a sample, in the fastest of several tries.
    private static int CallsOf(Scorer scorer, int batches)
    {
        var best = double.PositiveInfinity;
        for (var repeat = 0; repeat < 20; repeat++)
        {
            var start = Stopwatch.GetTimestamp();
            for (var call = 0; call < 100; call++)
                scorer.Score(call % batches);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds / 100);
        }

        return (int)Math.Clamp(Math.Ceiling(SampleSeconds / best), 1, 1000);
    }

    private static double BytesOf(Scorer scorer)
    {
        const int Calls = 1000;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var call = 0; call < Calls; call++)
            scorer.Score(0);
        return (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Calls;
    }

    private static double At(List<double> sorted, double share) => sorted[(int)(share * (sorted.Count - 1))];
}
