using System.Globalization;
using Kernels.Training;

namespace Kernels.Cli.Onnx;

/// <summary>
/// A model as an ONNX file: a LinearClassifier for the logit link (label and probabilities), or a LinearRegressor (and Exp for the log
/// link) for a mean; with an offset or an exposure a second input. Columns far from 0 are centred by a node, as the model scores them.
/// </summary>
internal static class OnnxModel
{
    private const int Int64 = 7;
    private const int Text = 8;

    /// <exception cref="Data.DataException">ONNX has no name for what the model is.</exception>
    internal static byte[] Of(Model model, string path)
    {
        var d = model.Features.Count;
        if (d == 0)
            throw new Data.DataException(path, "has no features, and ONNX no rows without columns");
        var graph = new OnnxGraph();
        var rows = graph.Input("features", d);
        if (model.Centers is { } centers)
            rows = graph.Node("Sub", "centred", rows, graph.Constant("centres", [.. centers.Select(center => (float)center)]));
        float[] weights = [.. model.Weights.Take(d).Select(weight => (float)weight)];
        var intercept = (float)(model.CenteredIntercept ?? (model.Intercept ? model.Weights[^1] : 0));
        if (model.Link == ModelLink.Logit && (model.Offset ?? model.Exposure) is null)
            Classify(graph, model, rows, weights, intercept);
        else
            Regress(graph, model, rows, weights, intercept);
        return graph.ToFile(Remarks(model));
    }

    private static void Classify(OnnxGraph graph, Model model, string rows, float[] weights, float intercept)
    {
        var labels = model.Labels ?? [0, 1];
        string[] words = [.. model.LabelWords ?? labels.Select(label => label.ToString("R", CultureInfo.InvariantCulture))];
        var areIntegers = model.LabelWords is null && labels.All(label => label == Math.Round(label) && Math.Abs(label) < 1L << 53);
        graph.MlNode(
            "LinearClassifier",
            [rows],
            ["label", "probabilities"],
            OnnxGraph.Attribute("coefficients", [.. weights.Select(weight => -weight), .. weights]),
            OnnxGraph.Attribute("intercepts", [-intercept, intercept]),
            OnnxGraph.Attribute("post_transform", "LOGISTIC"),
            OnnxGraph.Attribute("multi_class", 0),
            areIntegers
                ? OnnxGraph.Attribute("classlabels_ints", labels.Select(label => (long)label).ToArray())
                : OnnxGraph.Attribute("classlabels_strings", words));
        graph.Output("label", 0, areIntegers ? Int64 : Text);
        graph.Output("probabilities", 2);
    }

    private static void Regress(OnnxGraph graph, Model model, string rows, float[] weights, float intercept)
    {
        var isPlain = model.Link == ModelLink.Identity && (model.Offset ?? model.Exposure) is null;
        var margin = isPlain ? "mean" : "margin";
        graph.MlNode(
            "LinearRegressor",
            [rows],
            [margin],
            OnnxGraph.Attribute("coefficients", weights),
            OnnxGraph.Attribute("intercepts", [intercept]),
            OnnxGraph.Attribute("post_transform", "NONE"),
            OnnxGraph.Attribute("targets", 1));
        if (model.Offset is not null)
            margin = graph.Node("Add", model.Link == ModelLink.Identity ? "mean" : "moved", margin, graph.Input("offset", 1));
        else if (model.Exposure is not null)
            margin = graph.Node("Add", model.Link == ModelLink.Identity ? "mean" : "moved", margin,
                graph.Node("Log", "logarithm", graph.Input("exposure", 1)));
        if (model.Link != ModelLink.Identity)
            graph.Node(model.Link == ModelLink.Log ? "Exp" : "Sigmoid", "mean", margin);
        graph.Output("mean", 1);
    }

    private static IEnumerable<(string Key, string Value)> Remarks(Model model)
    {
        yield return ("features", string.Join('\n', model.Features));
        yield return ("link", model.Link.ToText());
        if (model.Target is { } target)
            yield return ("target", target);
        if (model.Fit is { } fit)
            yield return ("status", fit.Status);
    }
}
