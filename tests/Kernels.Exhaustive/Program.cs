using System.CommandLine;
using Kernels.Exhaustive;
using Spectre.Console;

var output = new Option<string?>("--out") { Description = "write the table to this file" };
var every = new Option<int>("--every") { Description = "only every so manieth float", DefaultValueFactory = _ => 1 };
var only = new Option<string[]>("--widths")
{
    Description = "Vector512, Vector256, Vector128, Scalar; all that run here if not given",
    AllowMultipleArgumentsPerToken = true,
};
var root = new RootCommand("Checks Sigmoid, Exp and Softplus on every float and every vector width.") { output, every, only };
root.SetAction(parsed => Run(parsed.GetValue(output), Math.Max(1, parsed.GetValue(every)), parsed.GetValue(only)));
return root.Parse(args).Invoke();

static int Run(string? path, int stride, string[]? only)
{
    Width[] widths = [.. Width.All.Where(w => w.IsSupported && (only is not { Length: > 0 } || only.Contains(w.Name.ToString())))];
    foreach (var missing in Width.All.Where(w => !w.IsSupported))
        AnsiConsole.MarkupLineInterpolated($"[yellow]skipped: this machine has no {missing.Name}[/]");

    var results = new List<(ElementwiseFunction Function, SweepResult Result)>();
    AnsiConsole.Progress()
        .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(),
            new RemainingTimeColumn())
        .Start(progress =>
        {
            var tasks = ElementwiseFunction.All.Select(f => (Function: f, Task: progress.AddTask(f.Name))).ToList();
            foreach (var (function, task) in tasks)
            {
                const int Parts = 4096;
                task.MaxValue(Parts);
                var total = new SweepResult();
                var perPart = FloatOrder.Count / Parts;
                Parallel.For(0, Parts, part =>
                {
                    // The first multiple of the stride in this part, and how many.
                    var first = ((part * perPart) + stride - 1) / stride * stride;
                    var count = (((part + 1) * perPart) - first + stride - 1) / stride;
                    var result = Sweep.Run(function, widths, first, count, stride);
                    lock (total)
                    {
                        total.Merge(result);
                        task.Increment(1);
                    }
                });
                results.Add((function, total));
            }
        });

    var report = Report.Of(results, widths);
    AnsiConsole.WriteLine(report);
    var violations = results.SelectMany(r => r.Result.Violations(r.Function)).ToList();
    foreach (var violation in violations)
        AnsiConsole.MarkupLineInterpolated($"[red]{violation}[/]");
    if (path is not null && stride == 1)
        File.WriteAllText(path, report);
    return violations.Count == 0 ? 0 : 1;
}
