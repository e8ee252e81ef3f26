using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;

namespace Kernels.Bench.Roofline;

/// <summary>GB/s of X over the size of X: the read-only line above, the gradient, the peers below.</summary>
internal static class RooflinePlot
{
    internal static void Write(FileInfo file, IReadOnlyList<Measurement> all)
    {
        var plot = new PlotModel
        {
            Title = "The logistic gradient: GB/s of X, one thread",
            TitleFontSize = 14,
            TitlePadding = 10,
            Subtitle = Machine.Describe(),
            SubtitleFontSize = 10,
            Padding = new OxyThickness(12, 24, 12, 12),
            Background = OxyColors.White,
        };
        plot.Legends.Add(new Legend
        {
            LegendPosition = LegendPosition.RightTop,
            LegendPlacement = LegendPlacement.Outside,
            LegendFontSize = 10,
            LegendMargin = 12,
        });
        plot.Axes.Add(new LogarithmicAxis
        {
            Position = AxisPosition.Bottom,
            Base = 10,
            Title = "X, bytes",
            MajorGridlineStyle = LineStyle.Dot,
        });
        plot.Axes.Add(new LogarithmicAxis
        {
            Position = AxisPosition.Left,
            Base = 10,
            Title = "GB/s of X",
            MajorGridlineStyle = LineStyle.Dot,
        });
        var gradients = all.Where(m => m.Threads == 1).Where(m => m.Operation == Operation.Gradient || m.Contender == ReadOnlyContender.Id);
        foreach (var contender in gradients.GroupBy(m => m.Contender))
        {
            var own = contender.Key is KernelsContender.Id or ReadOnlyContender.Id;
            var line = new LineSeries
            {
                Title = contender.Key,
                MarkerType = MarkerType.Circle,
                MarkerSize = own ? 4 : 3,
                StrokeThickness = own ? 2.5 : 1.2,
                LineStyle = contender.Key == ReadOnlyContender.Id ? LineStyle.Dash : LineStyle.Solid,
            };
            line.Points.AddRange(contender.OrderBy(m => m.Shape.Bytes).ThenBy(m => m.Shape.Rows)
                .Select(m => new DataPoint(m.Shape.Bytes, m.GigabytesPerSecond)));
            plot.Series.Add(line);
        }

        using var stream = file.Create();
        new SvgExporter { Width = 1100, Height = 560, UseVerticalTextAlignmentWorkaround = true }.Export(plot, stream);
    }
}
