using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kernels.Training;

/// <summary>A model as its file has it, name by name.</summary>
internal sealed record ModelFile
{
    private const string FormatName = "kernels-model";

    public string? Format { get; init; }

    public int Version { get; init; }

    [JsonRequired]
    public string Link { get; init; } = string.Empty;

    [JsonRequired]
    public int ArithmeticContract { get; init; }

    public string? Target { get; init; }

    public double[]? Labels { get; init; }

    public string[]? LabelWords { get; init; }

    public string? Offset { get; init; }

    public string? Exposure { get; init; }

    public ModelCategory[]? Categories { get; init; }

    public string? SampleWeights { get; init; }

    [JsonRequired]
    public string[] Features { get; init; } = [];

    [JsonRequired]
    public bool Intercept { get; init; }

    [JsonRequired]
    public double[] Weights { get; init; } = [];

    public double[]? Centers { get; init; }

    public double? CenteredIntercept { get; init; }

    public ModelPenalty? Penalty { get; init; }

    public ModelFit? Fit { get; init; }

    internal static ModelFile Of(Model model) => new()
    {
        Format = FormatName,
        Version = model.Exposure is null && model.Categories is null ? 1 : 2,
        Link = model.Link.ToString().ToLowerInvariant(),
        ArithmeticContract = model.ArithmeticContract,
        Target = model.Target,
        Labels = model.Labels?.ToArray(),
        LabelWords = model.LabelWords?.ToArray(),
        Offset = model.Offset,
        Exposure = model.Exposure,
        Categories = model.Categories?.ToArray(),
        SampleWeights = model.SampleWeights,
        Features = [.. model.Features],
        Intercept = model.Intercept,
        Weights = [.. model.Weights],
        Centers = model.Centers?.ToArray(),
        CenteredIntercept = model.CenteredIntercept,
        Penalty = model.Penalty,
        Fit = model.Fit,
    };

    /// <exception cref="InvalidDataException">It is of another format, version or link.</exception>
    internal Model ToModel()
    {
        if (Format is not (null or FormatName) || (Format is null && Version != 0))
            throw new InvalidDataException("is no model file");
        if (Format is not null && Version is < 1 or > Model.FormatVersion)
            throw new InvalidDataException($"is of version {Version} of the format; this program reads 1 to {Model.FormatVersion}");
        if (Offset is not null && Exposure is not null)
            throw new InvalidDataException("has an offset column and an exposure column");
        return new()
        {
            Link = Link switch
            {
                "logit" => ModelLink.Logit,
                "identity" => ModelLink.Identity,
                "log" => ModelLink.Log,
                _ => throw new InvalidDataException(
                    $"is of the link '{(Link.Length <= 40 ? Link : Link[..40] + "…")}'; there are logit, identity and log"),
            },
            ArithmeticContract = ArithmeticContract,
            Target = Target,
            Labels = Labels,
            LabelWords = LabelWords,
            Offset = Offset,
            Exposure = Exposure,
            Categories = Categories,
            SampleWeights = SampleWeights,
            Features = Features,
            Intercept = Intercept,
            Weights = Weights,
            Centers = Centers,
            CenteredIntercept = CenteredIntercept,
            Penalty = Penalty,
            Fit = Fit,
        };
    }
}

/// <summary>The serializer for <see cref="ModelFile"/>, generated.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(ModelFile))]
internal sealed partial class ModelFileContext : JsonSerializerContext;
