using System.Xml.Linq;
using Kernels.Cli.Data;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace Kernels.Cli.Training;

/// <summary>What people look at after a fit, side by side as one SVG: the coefficients with their intervals, and the objective over the
/// points of the search.</summary>
internal static class TrainingPlot
{
    private const int Side = 460;
    private const int MostCoefficients = 40;

    internal static XElement Of(TrainOutcome outcome, Datasets data)
    {
        var left = Svg(Coefficients(outcome, data));
        var right = Svg(History(outcome));
        var space = left.Name.Namespace;
        return new XElement(
            space + "svg",
            new XAttribute("width", 2 * Side),
            new XAttribute("height", Side),
            left,
            new XElement(space + "g", new XAttribute("transform", $"translate({Side} 0)"), right));
    }

    // Of columns by their deviations, so that those of different units can be compared.
    private static PlotModel Coefficients(TrainOutcome outcome, Datasets data)
    {
        var (fit, shown) = (outcome.Fit, Math.Min(data.Columns, MostCoefficients));
        var plot = Plot(fit?.StandardErrors.Count > 0
            ? "Coefficients a standard deviation, 95 % intervals"
            : "Coefficients a standard deviation");
        plot.Axes.Add(new LinearAxis { Position = AxisPosition.Bottom, MajorGridlineStyle = LineStyle.Dot });
        var names = new CategoryAxis { Position = AxisPosition.Left, StartPosition = 1, EndPosition = 0, GapWidth = 0.5 };
        names.Labels.AddRange(data.Features.Take(shown).Select(name => Message.Quote(name)));
        plot.Axes.Add(names);
        plot.Series.Add(Line([new(0, -0.5), new(0, shown - 0.5)], OxyColors.Gray, LineStyle.Dash));
        var points = new ScatterSeries { MarkerType = MarkerType.Circle, MarkerSize = 3, MarkerFill = OxyColors.SteelBlue };
        for (var j = 0; j < shown; j++)
        {
            var unit = fit?.Deviations.Count > j ? fit.Deviations[j] : 1;
            points.Points.Add(new(outcome.Coefficients[j] * unit, j));
            if (fit?.StandardErrors.Count > j && fit.Summary[j] is { Lower: var lower, Upper: var upper } && double.IsFinite(lower))
                plot.Series.Add(Line([new(lower * unit, j), new(upper * unit, j)], OxyColors.SteelBlue, LineStyle.Solid));
        }

        plot.Series.Add(points);
        return plot;
    }

    private static PlotModel History(TrainOutcome outcome)
    {
        var losses = outcome.Search?.Losses ?? outcome.Fit?.History ?? [];
        var plot = Plot(outcome.Search is null ? "½ deviance and penalties" : "Loss and penalties");
        plot.Axes.Add(new LinearAxis
        {
            Position = AxisPosition.Bottom,
            Title = "point",
            MajorGridlineStyle = LineStyle.Dot,
            AxisTitleDistance = 16,
            MinimumMajorStep = 1,
        });
        plot.Axes.Add(new LinearAxis { Position = AxisPosition.Left, MajorGridlineStyle = LineStyle.Dot });
        plot.Series.Add(Line([.. losses.Select((loss, i) => new DataPoint(i + 1, loss)).Where(point => double.IsFinite(point.Y))],
            OxyColors.SteelBlue, LineStyle.Solid));
        return plot;
    }

    private static PlotModel Plot(string title) => new()
    {
        Title = title,
        TitleFontSize = 14,
        Background = OxyColors.White,
        Padding = new OxyThickness(12),
    };

    private static LineSeries Line(DataPoint[] points, OxyColor color, LineStyle style)
    {
        var line = new LineSeries { LineStyle = style, Color = color, StrokeThickness = style == LineStyle.Dash ? 1 : 2 };
        line.Points.AddRange(points);
        return line;
    }

    private static XElement Svg(PlotModel plot) =>
        XElement.Parse(new SvgExporter { Width = Side, Height = Side, UseVerticalTextAlignmentWorkaround = true }.ExportToString(plot));
}
