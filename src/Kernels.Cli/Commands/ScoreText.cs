using System.Globalization;
using System.Text;
using Kernels.Cli.Data;
using Kernels.Training;

namespace Kernels.Cli.Commands;

/// <summary>A score as a line: the mean, or the label that it stands for; after a key where there is one.</summary>
internal sealed class ScoreText
{
    private readonly double? _threshold;
    private readonly string _zero;
    private readonly string _one;

    private ScoreText(double? threshold, IReadOnlyList<string> labels) => (_threshold, _zero, _one) = (threshold, labels[0], labels[1]);

    /// <exception cref="DataException">The model has no classes, or the threshold makes none.</exception>
    internal static ScoreText Of(Model model, bool isClass, double? threshold)
    {
        if (isClass && model.Link != ModelLink.Logit)
            throw new DataException("--class", $"is for the logit link; this model has the {model.Link.ToText()} link");
        if (threshold is not null && !isClass)
            throw new DataException("--threshold", "goes with --class");
        if (threshold is { } t && !(t >= 0 && t <= 1))
            throw new DataException("--threshold", "must be from 0 to 1");
        var labels = model.Labels?.Select(label => label.ToString(CultureInfo.InvariantCulture)).ToArray();
        return new(isClass ? threshold ?? 0.5 : null, model.LabelWords ?? labels ?? ["0", "1"]);
    }

    internal void Append(StringBuilder text, string? key, float mean)
    {
        if (key is not null)
            text.Append(Quoted(key)).Append(',');
        if (_threshold is { } threshold && !float.IsNaN(mean))
            text.Append(mean >= threshold ? _one : _zero).Append('\n');
        else
            text.Append(CultureInfo.InvariantCulture, $"{mean}\n");
    }

    // As CSV has it (RFC 4180, 2).
    private static string Quoted(string key) => key.AsSpan().IndexOfAny(",\"\r\n") < 0
        ? key
        : $"\"{key.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
