using System.Text.Json;
using Kernels.Training;

namespace Kernels.Cli.Onnx;

/// <summary>What scikit-learn calls its coefficients, as JSON: coef_, intercept_, and where there are any classes_ and
/// feature_names_in_.</summary>
internal static class ScikitImport
{
    /// <exception cref="InvalidDataException">It is no such JSON, or of several lines.</exception>
    internal static Model Of(ReadOnlyMemory<byte> bytes, string[]? features, ModelLink? link)
    {
        try
        {
            using var json = JsonDocument.Parse(bytes);
            var root = json.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("coef_", out var coefficients))
                throw new InvalidDataException("has no coef_");
            var weights = Numbers(coefficients, "coef_");
            var intercept = root.TryGetProperty("intercept_", out var given) ? Numbers(given, "intercept_") : [0];
            if (intercept.Length != 1)
                throw new InvalidDataException($"has {intercept.Length} numbers in intercept_ where one line has one");
            string[]? classes = root.TryGetProperty("classes_", out var classList) ? Classes(classList) : null;
            var (labels, words) = classes is null ? default : ModelLabels.Of(classes);
            features ??= root.TryGetProperty("feature_names_in_", out var names)
                ? [.. names.EnumerateArray().Select(name => name.GetString() ?? string.Empty)]
                : [.. Enumerable.Range(1, weights.Length).Select(j => j.ToString(System.Globalization.CultureInfo.InvariantCulture))];
            return Model.Of(link ?? (classes is null ? ModelLink.Identity : ModelLink.Logit), features, intercept: true,
                [.. weights, intercept[0]]) with
            {
                Labels = labels,
                LabelWords = words,
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException("is no JSON of coefficients: " + e.Message, e);
        }
    }

    private static string[] Classes(JsonElement element) => [.. element.EnumerateArray().Select(item => item.ValueKind switch
    {
        JsonValueKind.String => item.GetString()!,
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => item.GetRawText(),
        _ => throw new InvalidDataException("has classes_ that are no numbers and no words"),
    })];

    // A list, or a list of one list, as the library has it; or a number.
    private static double[] Numbers(JsonElement element, string name)
    {
        if (element.ValueKind == JsonValueKind.Number)
            return [element.GetDouble()];
        if (element.ValueKind == JsonValueKind.Array && element.GetArrayLength() == 1 && element[0].ValueKind == JsonValueKind.Array)
            element = element[0];
        if (element.ValueKind != JsonValueKind.Array || element.EnumerateArray().Any(item => item.ValueKind != JsonValueKind.Number))
            throw new InvalidDataException($"has no list of numbers in {name}, or several");
        return [.. element.EnumerateArray().Select(item => item.GetDouble())];
    }
}
