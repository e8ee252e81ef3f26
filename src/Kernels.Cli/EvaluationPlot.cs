using System.Xml.Linq;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace Kernels.Cli;

/// <summary>The ROC curve and the reliability curve, side by side as one SVG.</summary>
internal static class EvaluationPlot
{
    private const int Side = 460;

    internal static XElement Of(IReadOnlyList<(double FalsePositive, double TruePositive)> roc, IReadOnlyList<CalibrationBin> deciles)
    {
        var left = Svg(Plot("ROC", "false positive rate", "true positive rate",
            [.. roc.Select(point => new DataPoint(point.FalsePositive, point.TruePositive))], MarkerType.None));
        var right = Svg(Plot("Reliability, by decile", "predicted", "observed",
            [.. deciles.Select(bin => new DataPoint(bin.Predicted, bin.Observed))], MarkerType.Circle));
        var space = left.Name.Namespace;
        return new XElement(
            space + "svg",
            new XAttribute("width", 2 * Side),
            new XAttribute("height", Side),
            left,
            new XElement(space + "g", new XAttribute("transform", $"translate({Side} 0)"), right));
    }

    private static PlotModel Plot(string title, string x, string y, DataPoint[] points, MarkerType marker)
    {
        var plot = new PlotModel { Title = title, TitleFontSize = 14, Background = OxyColors.White, Padding = new OxyThickness(12) };
        plot.Axes.Add(Axis(AxisPosition.Bottom, x));
        plot.Axes.Add(Axis(AxisPosition.Left, y));
        var diagonal = new LineSeries { LineStyle = LineStyle.Dash, Color = OxyColors.Gray, StrokeThickness = 1 };
        diagonal.Points.AddRange([new(0, 0), new(1, 1)]);
        plot.Series.Add(diagonal);
        var line = new LineSeries
        {
            MarkerType = marker,
            MarkerSize = 4,
            StrokeThickness = 2,
            Color = OxyColors.SteelBlue,
            MarkerFill = OxyColors.SteelBlue,
        };
        line.Points.AddRange(points);
        plot.Series.Add(line);
        return plot;
    }

    private static LinearAxis Axis(AxisPosition position, string title) =>
        new()
        {
            Position = position,
            Title = title,
            Minimum = 0,
            Maximum = 1,
            MajorGridlineStyle = LineStyle.Dot,
            AxisTitleDistance = 16,
            AbsoluteMinimum = 0,
            AbsoluteMaximum = 1,
        };

    private static XElement Svg(PlotModel plot) =>
        XElement.Parse(new SvgExporter { Width = Side, Height = Side, UseVerticalTextAlignmentWorkaround = true }.ExportToString(plot));
}
