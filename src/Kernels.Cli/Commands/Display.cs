using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Kernels.Cli.Data;
using Spectre.Console;

namespace Kernels.Cli.Commands;

/// <summary>What is shown while something takes long: a bar on a terminal; elsewhere nothing, or lines on the error stream where they are
/// asked for.</summary>
/// <param name="Terminal">Where bars go; null for none.</param>
/// <param name="Lines">Where lines go; null for none.</param>
internal sealed record Display(IAnsiConsole? Terminal, TextWriter? Lines)
{
    // What is done sooner shows nothing.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan BarInterval = TimeSpan.FromSeconds(0.1);
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(5);

    internal static Display None { get; } = new(null, null);

    /// <summary>Does what reads, and shows how far it is.</summary>
    internal T Reading<T>(Func<ReadProgress?, T> read)
    {
        if (this == None)
            return read(null);
        var (progress, start) = (new ReadProgress(), Stopwatch.GetTimestamp());
        var work = Task.Run(() => read(progress));
        if (!Ends(work, Terminal is null ? LineInterval : Patience))
        {
            if (Terminal is not null)
                ShowBar(Terminal, work, progress, start);
            else
                WriteLines(work, progress, start);
        }

        return work.GetAwaiter().GetResult();
    }

    private static void ShowBar(IAnsiConsole console, Task work, ReadProgress progress, long start) => console.Progress()
        .AutoClear(true)
        .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
        .Start(context =>
        {
            var bar = context.AddTask("reading", maxValue: 1);
            do
            {
                bar.Description = Text(progress, start, withRest: false);
                bar.IsIndeterminate = progress.AllBytes == 0;
                bar.Value = progress.AllBytes == 0 ? 0 : Math.Min(1, (double)progress.Bytes / progress.AllBytes);
            }
            while (!Ends(work, BarInterval));
        });

    private void WriteLines(Task work, ReadProgress progress, long start)
    {
        do
        {
            Lines!.WriteLine(Text(progress, start, withRest: true));
        }
        while (!Ends(work, LineInterval));
    }

    private static bool Ends(Task work, TimeSpan time) => Task.WaitAny([work], time) == 0;

    internal static string Text(ReadProgress progress, long start, bool withRest)
    {
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var (bytes, all) = (progress.Bytes, progress.AllBytes);
        var rest = withRest && bytes > 0 && all > bytes
            ? string.Create(CultureInfo.InvariantCulture, $"  {seconds * (all - bytes) / bytes:F0} s left")
            : string.Empty;
        return string.Create(CultureInfo.InvariantCulture, $"reading  {progress.Rows:N0} rows  {bytes / 1e6 / seconds:F0} MB/s{rest}");
    }
}

/// <summary><c>--quiet</c> and <c>--progress</c>.</summary>
internal sealed class DisplayOptions(IAnsiConsole console, TextWriter error)
{
    private readonly Option<bool> _quiet = new("--quiet") { Description = "show no progress on the terminal" };
    private readonly Option<bool> _progress = new("--progress")
    {
        Description = "where there is no terminal, a line on the error stream every five seconds",
    };

    internal void AddTo(Command command)
    {
        command.Options.Add(_quiet);
        command.Options.Add(_progress);
    }

    internal Display Of(ParseResult result)
    {
        if (result.GetValue(_quiet))
            return result.GetValue(_progress) ? throw new DataException("--quiet", "and --progress exclude one another") : Display.None;
        if (console.Profile.Capabilities.Interactive)
            return new(console, null);
        return result.GetValue(_progress) ? new(null, error) : Display.None;
    }
}
