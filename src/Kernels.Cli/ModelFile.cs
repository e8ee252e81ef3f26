using System.Text.Json;
using System.Text.Json.Serialization;
using Kernels.Cli.Data;

namespace Kernels.Cli;

/// <summary>Trained weights on disk: JSON, every float32 in its shortest form that reads back to the same bits.</summary>
/// <param name="Link">logit, identity or log.</param>
/// <param name="ArithmeticContract">The version of ARITHMETIC.md that the weights were trained with.</param>
/// <param name="Features">The names of the columns of X.</param>
/// <param name="Intercept">Whether the last weight is the intercept.</param>
/// <param name="Weights">One float32 a feature, then the intercept.</param>
internal sealed record ModelFile(string Link, int ArithmeticContract, string[] Features, bool Intercept, float[] Weights)
{
    // Since version 2 a model's means have had the same bits: version 3 changed the loss at margins of ±∞ alone.
    private const int OldestContract = 2;

    internal LinkName LinkName => LinkNames.Parse(Link)!.Value;

    internal static ModelFile Of(LinkName link, string[] features, bool intercept, float[] weights) =>
        new(link.ToText(), Kernels.ArithmeticContract.Version, features, intercept, weights);

    internal void Write(Stream stream) => JsonSerializer.Serialize(stream, this, ModelFileContext.Default.ModelFile);

    internal static ModelFile Read(string path)
    {
        if (path.Length == 0)
            throw new DataException("the weights", "have an empty path");
        if (Directory.Exists(path))
            throw new DataException(path, "is a folder");
        try
        {
            using var stream = File.OpenRead(path);
            var file = JsonSerializer.Deserialize(stream, ModelFileContext.Default.ModelFile)
                ?? throw new DataException(path, "is not a weights file");
            return file.Fault() is { } fault ? throw new DataException(path, fault) : file;
        }
        catch (JsonException e)
        {
            throw new DataException(path, (e.LineNumber ?? 0) + 1, "is not a weights file: " + e.Message.Split(" Path:")[0]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException(path, e is FileNotFoundException or DirectoryNotFoundException ? "there is no such file" : e.Message);
        }
    }

    // What keeps it from being used; null if nothing does.
    private string? Fault()
    {
        if (LinkNames.Parse(Link) is null)
            return $"is of the link '{Message.Quote(Link)}'; there are logit, identity and log";
        if (ArithmeticContract is < OldestContract or > Kernels.ArithmeticContract.Version)
        {
            return $"is of version {ArithmeticContract} of the arithmetic contract; "
                + $"this program reads {OldestContract} to {Kernels.ArithmeticContract.Version}";
        }

        if (Array.Exists(Features, name => name is null))
            return "has a feature without a name";
        var expected = Features.Length + (Intercept ? 1 : 0);
        if (Weights.Length != expected)
            return $"has {Weights.Length} weights where its features take {expected}";
        var bad = Array.FindIndex(Weights, weight => !float.IsFinite(weight));
        return bad < 0 ? null : $"weight {bad + 1} is no finite number of float32";
    }
}

/// <summary>The serializer for <see cref="ModelFile"/>, generated.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(ModelFile))]
internal sealed partial class ModelFileContext : JsonSerializerContext;
