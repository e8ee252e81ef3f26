using System.ComponentModel;
using System.Diagnostics;

namespace Kernels.Bench.Files;

/// <summary>A program that fits a model to a file: its wall time, and the most memory that it had.</summary>
internal sealed record Programs(string Name, string FileName, string[] Arguments)
{
    // Seconds from which on one run has to do.
    private const double Slow = 8;

    private const string ScikitLearn = """
        import sys, pandas
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler
        rows = pandas.read_csv(sys.argv[1], dtype='float32')
        model = make_pipeline(StandardScaler(), LogisticRegression(C=1e6)).fit(rows.iloc[:, :-1].to_numpy(), rows.iloc[:, -1].to_numpy())
        print(model[-1].intercept_)
        """;

    internal static IEnumerable<Programs> All(TestFiles files)
    {
        var tool = Path.Combine(AppContext.BaseDirectory, "Kernels.Cli.dll");
        yield return new("kernels train, CSV", "dotnet", [tool, "train", files.Csv]);
        var native = Environment.GetEnvironmentVariable("KERNELS_TOOL") ?? "kernels";
        yield return new("kernels train as a native file, CSV", native, ["train", files.Csv]);
        yield return new("kernels train --threads 1, CSV", "dotnet", [tool, "train", files.Csv, "--threads", "1"]);
        yield return new("kernels train, Parquet", "dotnet", [tool, "train", files.Parquet]);
        yield return new("kernels train, LIBSVM", "dotnet", [tool, "train", files.LibSvm]);
        yield return new("LIBLINEAR, LIBSVM: -s 0 -c 1", "liblinear-train",
            ["-q", "-s", "0", "-c", "1", "-B", "1", files.LibSvm, files.LibSvm + ".model"]);
        yield return new("LIBLINEAR, LIBSVM: -s 7 -c 1 (dual)", "liblinear-train",
            ["-q", "-s", "7", "-c", "1", "-B", "1", files.LibSvm, files.LibSvm + ".model"]);
        var mlNet = Path.Combine(AppContext.BaseDirectory, "Kernels.Bench.dll");
        yield return new("ML.NET 6, CSV: LbfgsLogisticRegression", "dotnet", [mlNet, "mlnet", files.Csv]);
        var python = Environment.GetEnvironmentVariable("PYTHON") ?? "python3";
        yield return new("pandas, StandardScaler, scikit-learn's lbfgs, CSV", python, ["-c", ScikitLearn, files.Csv]);
        yield return new("R: read.csv, glm.fit", "Rscript",
            ["-e", $"d <- as.matrix(read.csv('{files.Csv}')); p <- ncol(d); f <- glm.fit(cbind(1, d[, -p]), d[, p], family = binomial())"]);
    }

    /// <summary>Medians of some rounds, in each of which every program runs once; one that is slow runs in the first alone. Null for one
    /// that is not there or fails.</summary>
    internal static (Programs Program, (double Seconds, double Megabytes)? Median)[] InTurns(IEnumerable<Programs> programs, int rounds)
    {
        var runs = programs.Select(program => (Program: program, Runs: new List<(double Seconds, double Megabytes)>())).ToArray();
        for (var round = 0; round < rounds; round++)
        {
            foreach (var (program, done) in runs)
            {
                if (done.Count == round && (round == 0 || done[0].Seconds <= Slow) && program.Run() is { } run)
                    done.Add(run);
            }
        }

        return Array.ConvertAll(runs, run => (run.Program, Median: run.Runs.Count == 0
            ? default((double, double)?)
            : (Median(run.Runs.Select(one => one.Seconds)), Median(run.Runs.Select(one => one.Megabytes)))));
    }

    private static double Median(IEnumerable<double> samples)
    {
        var sorted = samples.Order().ToArray();
        return sorted[sorted.Length / 2];
    }

    private (double Seconds, double Megabytes)? Run()
    {
        var start = new ProcessStartInfo(FileName, Arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        var clock = Stopwatch.StartNew();
        try
        {
            using var process = Process.Start(start)!;
            _ = process.StandardOutput.ReadToEndAsync();
            _ = process.StandardError.ReadToEndAsync();
            var peak = 0.0;
            while (!process.WaitForExit(5))
                peak = Math.Max(peak, PeakOf(process));
            return process.ExitCode == 0 ? (clock.Elapsed.TotalSeconds, peak) : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    // It may end between two looks.
    private static double PeakOf(Process process)
    {
        try
        {
            process.Refresh();
            return process.PeakWorkingSet64 / 1e6;
        }
        catch (InvalidOperationException)
        {
            return 0;
        }
    }
}
