using Kernels.Cli.Data;

namespace Kernels.Cli.Onnx;

/// <summary>The two classes of another program's model, of 0 and of 1.</summary>
internal static class ModelLabels
{
    /// <summary>Numbers that are not 0 and 1, or words; neither for 0 and 1.</summary>
    /// <exception cref="InvalidDataException">There are not two.</exception>
    internal static (double[]? Labels, string[]? Words) Of(string[] texts)
    {
        if (texts.Length != 2 || texts[0] == texts[1] || texts.Any(string.IsNullOrWhiteSpace))
            throw new InvalidDataException($"has {texts.Distinct().Count()} classes; this tool has models of two");
        var numbers = Array.ConvertAll(texts, text => Number.TryParse(text, out double number) ? number : double.NaN);
        return numbers.All(double.IsFinite) ? (numbers is [0, 1] ? null : numbers, null) : (Truths(texts), texts);
    }

    // As files have them: yes and true are 1.
    private static double[]? Truths(string[] texts) =>
        LabelWords.Truth(texts[0]) == 1 && LabelWords.Truth(texts[1]) == 0 ? [1, 0] : null;
}
