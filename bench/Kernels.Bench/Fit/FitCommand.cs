using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Kernels.Bench.Roofline;
using Kernels.Links;
using Kernels.Training;

namespace Kernels.Bench.Fit;

/// <summary>
/// <c>fit</c>: a logistic regression from start to summary, beside R's <c>glm.fit</c> where it is installed, and its passes beside this
/// core's multiply-add peak and <c>ssyrk</c>. All on one thread, in turns; medians.
/// </summary>
internal static class FitCommand
{
    private const int Rounds = 9;
    private const int MostWarm = 100;
    private static readonly TimeSpan Warming = TimeSpan.FromSeconds(4);

    internal static Command Create()
    {
        var shapes = new Option<string[]>("--shapes")
        {
            Description = "Rows × columns, as 100000x30.",
            AllowMultipleArgumentsPerToken = true,
        };
        var command = new Command("fit", "Time fits and XᵀDX beside their peers.") { shapes };
        command.SetAction(parsed => Run(parsed.GetValue(shapes) is { Length: > 0 } given
            ? given
            : ["100000x30", "100000x8", "100000x32", "50000x100", "40000x128", "20000x256", "10000x512", "5000x1000"]));
        return command;
    }

    private static int Run(string[] shapes)
    {
        var peak = MultiplyAddPeak.Measure();
        var machine = Roofline.Machine.Describe();
        Console.WriteLine(Text($"{machine}; multiply-add peak {peak / 1e9:F0} GFLOP/s in float32, {peak / 2e9:F0} in float64"));
        Console.WriteLine(
            "| rows × d | fit, ms (passes) | R's glm.fit, ms (iterations) | XᵀDX float32, ms | of peak | float64, ms | of peak | ssyrk, "
            + "times ours | gradient, ms |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|");
        foreach (var text in shapes)
        {
            var parts = text.Split('x');
            Measure(int.Parse(parts[0], CultureInfo.InvariantCulture), int.Parse(parts[1], CultureInfo.InvariantCulture), peak);
        }

        return 0;
    }

    private static void Measure(int rows, int columns, double peak)
    {
        var (x, y, random) = (new float[rows * columns], new float[rows], new Random(1));
        for (var i = 0; i < rows; i++)
        {
            var z = 0.0;
            for (var j = 0; j < columns; j++)
            {
                var value = (float)((random.NextDouble() * 2) - 1);
                x[(i * columns) + j] = value;
                z += value * 0.2 * ((j % 5) - 2);
            }

            y[i] = random.NextDouble() < 1 / (1 + Math.Exp(-z)) ? 1 : 0;
        }

        var p = columns + 1;
        var (w, w32, g, h, g32) = (new double[p], new float[p], new double[p], new double[p * (p + 1) / 2], new float[p]);
        var (scaled, gram) = (new float[x.Length], new float[columns * columns]);
        FitResult? fit = null;
        GramPeer[] peers = [.. GramPeer.Find()];
        List<Action> tasks =
        [
            () => fit = Fitter.Fit<Logit>(new(new DesignMatrix(x, columns, intercept: true), y)),
            () => Glm<Logit>.HessianSingle(new(new DesignMatrix(x, columns, intercept: true), y), w32, g, h),
            () => Glm<Logit>.Hessian(new(new DesignMatrix(x, columns, intercept: true), y), w, g, h),
            () => Glm<Logit>.Gradient(new DesignMatrix(x, columns, intercept: true), y, w32, g32),
            .. peers.Select(peer => (Action)(() => peer.Run(x, rows, columns, 0.5f, scaled, gram))),
        ];
        var times = Times(tasks);
        var r = PeerR.Time(x, y, columns);
        var flops = (double)rows * p * (p + 1);
        var syrk = string.Join(", ", peers.Select((peer, i) => Text($"{peer.Name} {times[4 + i] / times[1]:F2}")));
        Console.Write(Text($"| {rows}×{columns} | {times[0] * 1e3:F1} ({fit!.Passes}) | {r} | {times[1] * 1e3:F2} | "));
        Console.Write(Text($"{flops / times[1] / peak:P0} | {times[2] * 1e3:F2} | {2 * flops / times[2] / peak:P0} | "));
        Console.WriteLine(Text($"{syrk} | {times[3] * 1e3:F2} |"));
    }

    // In turns, so that whatever else the machine does meets all of them; first until all is compiled fully.
    private static double[] Times(List<Action> tasks)
    {
        var samples = tasks.ConvertAll(_ => new List<double>());
        var clock = Stopwatch.StartNew();
        for (var (round, warm) = (-1, 0); round < Rounds; round += warm < 2 || (warm < MostWarm && clock.Elapsed < Warming) ? 0 : 1, warm++)
        {
            for (var i = 0; i < tasks.Count; i++)
            {
                var start = Stopwatch.GetTimestamp();
                tasks[i]();
                if (round >= 0)
                    samples[i].Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
            }
        }

        return [.. samples.Select(sample => sample.Order().ElementAt(sample.Count / 2))];
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>R in a process of its own, on the same rows.</summary>
    private static class PeerR
    {
        private const string Script =
            """
            a <- commandArgs(TRUE); d <- as.integer(a[2]); f <- file(a[1], "rb"); n <- as.integer(a[3])
            x <- matrix(readBin(f, "numeric", n * d, size = 4), n, d, byrow = TRUE); y <- readBin(f, "numeric", n, size = 4)
            x <- cbind(x, 1); t <- numeric(3)
            for (k in 1:3) t[k] <- system.time(m <- glm.fit(x, y, family = binomial()))[["elapsed"]]
            cat(sprintf("%.0f (%d)", 1000 * median(t), m$iter))
            """;

        internal static string Time(float[] x, float[] y, int columns)
        {
            if (x.Length > 1 << 24)
                return "not run";
            var path = Path.GetTempFileName();
            try
            {
                using (var stream = File.Create(path))
                {
                    stream.Write(MemoryMarshal.AsBytes(x.AsSpan()));
                    stream.Write(MemoryMarshal.AsBytes(y.AsSpan()));
                }

                var start = new ProcessStartInfo("Rscript", ["-e", Script, path, Text($"{columns}"), Text($"{y.Length}")])
                {
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                };
                using var process = Process.Start(start)!;
                var output = process.StandardOutput.ReadToEnd();
                process.WaitForExit();
                return process.ExitCode == 0 ? output : "failed";
            }
            catch (System.ComponentModel.Win32Exception)
            {
                return "not installed";
            }
            finally
            {
                File.Delete(path);
            }
        }
    }
}
