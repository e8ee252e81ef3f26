using System.Globalization;
using Kernels.Training;

namespace Kernels.Cli.Onnx;

/// <summary>A linear model of an ONNX file: of this tool, or of one that writes LinearClassifier or LinearRegressor too
/// (skl2onnx).</summary>
internal static class OnnxImport
{
    // What may follow a classifier without changing its probabilities.
    private static readonly HashSet<string> Harmless = ["Normalizer", "Cast", "ZipMap", "Identity", "Reshape"];

    /// <exception cref="InvalidDataException">It is no ONNX file, or another kind of model.</exception>
    internal static Model Of(ReadOnlyMemory<byte> bytes, string[]? features)
    {
        var file = new ProtobufReader(bytes);
        var graph = file.Messages(7).FirstOrDefault() ?? throw new InvalidDataException("is no ONNX file");
        var nodes = graph.Messages(1).ToArray();
        var linear = nodes.Where(node => node.Text(4) is "LinearClassifier" or "LinearRegressor").ToArray();
        if (linear.Length != 1)
            throw new InvalidDataException("is no linear model: there is not one LinearClassifier or LinearRegressor in it");
        var isClass = linear[0].Text(4) == "LinearClassifier";
        var others = nodes.Where(node => node != linear[0]).Select(node => node.Text(4)).Where(type => !Harmless.Contains(type)).ToArray();
        var link = Link(linear[0], others, isClass);
        var (coefficients, intercept) = Line(linear[0], isClass);
        var remarks = file.Messages(14).ToDictionary(remark => remark.Text(1), remark => remark.Text(2));
        features ??= remarks.GetValueOrDefault("features")?.Split('\n')
            ?? [.. Enumerable.Range(1, coefficients.Length).Select(j => j.ToString(CultureInfo.InvariantCulture))];
        var centers = others.Contains("Sub") ? Centers(graph, nodes, coefficients.Length) : null;
        var moved = intercept;
        for (var j = 0; j < coefficients.Length && centers is not null; j++)
            moved -= centers[j] * coefficients[j];
        var (labels, words) = isClass ? Labels(linear[0]) : (null, null);
        return Model.Of(link, features, intercept: true, [.. coefficients.Select(w => (double)w), moved]) with
        {
            Centers = centers,
            CenteredIntercept = centers is null ? null : intercept,
            Labels = labels,
            LabelWords = words,
            Target = remarks.GetValueOrDefault("target"),
            Offset = others.Contains("Add") && !others.Contains("Log") ? "offset" : null,
            Exposure = others.Contains("Log") ? "exposure" : null,
        };
    }

    private static ModelLink Link(ProtobufReader linear, string[] others, bool isClass)
    {
        var known = others.All(type => type is "Sub" or "Add" or "Log" or "Exp" or "Sigmoid");
        var transform = AttributeOf(linear, "post_transform")?.Text(4) ?? "NONE";
        if (!known || (isClass && (transform != "LOGISTIC" || others.Any(type => type != "Sub")))
            || (!isClass && transform is not ("NONE" or "LOGISTIC")))
            throw new InvalidDataException(
                $"is another kind of model than this tool has: {string.Join(", ", others.Append(transform).Take(5))}");
        return isClass || transform == "LOGISTIC" || others.Contains("Sigmoid")
            ? ModelLink.Logit
            : others.Contains("Exp") ? ModelLink.Log : ModelLink.Identity;
    }

    // The line of the second class, whose probability is σ; of two lines that are not each other's mirror image there is none.
    private static (float[] Coefficients, double Intercept) Line(ProtobufReader linear, bool isClass)
    {
        var coefficients = AttributeOf(linear, "coefficients")?.Floats(7) ?? [];
        var intercepts = AttributeOf(linear, "intercepts")?.Floats(7) is { Length: > 0 } given ? given : new float[isClass ? 2 : 1];
        if (!isClass)
            return coefficients.Length > 0 && intercepts.Length == 1
                ? (coefficients, intercepts[0])
                : throw new InvalidDataException("is a model of several targets");
        var d = coefficients.Length / 2;
        if (intercepts.Length != 2 || coefficients.Length != 2 * d || d == 0 || intercepts[0] != -intercepts[1]
            || Enumerable.Range(0, d).Any(j => coefficients[j] != -coefficients[d + j]))
            throw new InvalidDataException("is a classifier of more than two classes, or not of one line");
        return (coefficients[d..], intercepts[1]);
    }

    private static double[] Centers(ProtobufReader graph, ProtobufReader[] nodes, int columns)
    {
        var name = nodes.First(node => node.Text(4) == "Sub").Texts(1).ElementAtOrDefault(1);
        var values = graph.Messages(5).FirstOrDefault(constant => constant.Text(8) == name)?.Floats(4) ?? [];
        return values.Length == columns
            ? Array.ConvertAll(values, value => (double)value)
            : throw new InvalidDataException("subtracts what is no row of constants");
    }

    private static (double[]? Labels, string[]? Words) Labels(ProtobufReader linear) =>
        AttributeOf(linear, "classlabels_ints") is { } integers
            ? ModelLabels.Of([.. integers.Integers(8).Select(label => label.ToString(CultureInfo.InvariantCulture))])
            : ModelLabels.Of([.. AttributeOf(linear, "classlabels_strings")?.Texts(9) ?? []]);

    private static ProtobufReader? AttributeOf(ProtobufReader node, string name) =>
        node.Messages(5).FirstOrDefault(attribute => attribute.Text(1) == name);
}
