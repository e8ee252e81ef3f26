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
    internal LinkName LinkName => LinkNames.Parse(Link)!.Value;

    internal static ModelFile Of(LinkName link, string[] features, bool intercept, float[] weights) =>
        new(link.ToText(), Kernels.ArithmeticContract.Version, features, intercept, weights);

    internal void Write(string path) => NewFile.Write(path, stream => JsonSerializer.Serialize(stream, this, ModelFileContext.Default.ModelFile));

    internal static ModelFile Read(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            var file = JsonSerializer.Deserialize(stream, ModelFileContext.Default.ModelFile);
            if (file is not { Features: not null, Weights: not null } || LinkNames.Parse(file.Link) is null)
                throw new DataException(path, "is not a file of weights");
            var expected = file.Features.Length + (file.Intercept ? 1 : 0);
            return file.Weights.Length == expected
                ? file
                : throw new DataException(path, $"has {file.Weights.Length} weights where its features take {expected}");
        }
        catch (JsonException e)
        {
            throw new DataException(path, (e.LineNumber ?? 0) + 1, "is not a weights file: " + e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException(path, e is FileNotFoundException or DirectoryNotFoundException ? "there is no such file" : e.Message);
        }
    }
}

/// <summary>The serializer for <see cref="ModelFile"/>, generated.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(ModelFile))]
internal sealed partial class ModelFileContext : JsonSerializerContext;
