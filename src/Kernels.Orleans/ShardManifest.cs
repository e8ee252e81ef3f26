using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Kernels.Training;

namespace Kernels.Orleans;

/// <summary>A data set in parts: what the rows have, and which file holds which of them.</summary>
/// <remarks>
/// A part is float32, little-endian: the features row by row, then the targets, then the sample weights and the offsets if there are
/// any. Parts border at multiples of 1024 rows, so that sums have the same bits however many processes hold them.
/// </remarks>
public sealed record ShardManifest
{
    /// <summary>The version of the format.</summary>
    public const int CurrentFormat = 1;

    /// <summary>The version of the format that was read; a file must say it.</summary>
    [JsonRequired]
    public int Format { get; init; } = CurrentFormat;

    /// <summary>The features' names.</summary>
    public required IReadOnlyList<string> Features { get; init; }

    /// <summary>The target's name, if it has one.</summary>
    public string? Target { get; init; }

    /// <summary>The number of the target's column, from 1, in files whose columns have no names; null for the last one, or where it has
    /// a name.</summary>
    public string? TargetColumn { get; init; }

    /// <summary>What was subtracted from the features in float64, before they were rounded; null for nothing.</summary>
    public IReadOnlyList<double>? Shift { get; init; }

    /// <summary>The columns of words that features stand for; null for none.</summary>
    public IReadOnlyList<ModelCategory>? Categories { get; init; }

    /// <summary>The link that the targets are ready for; null for any.</summary>
    public string? Link { get; init; }

    /// <summary>Σ sᵢ·yᵢ of the rows that count, row after row; over <see cref="TargetWeight"/> it is the mean target, where a
    /// first-order search begins.</summary>
    public double TargetSum { get; init; }

    /// <summary>Σ sᵢ of the same rows; 0 where it is not known.</summary>
    public double TargetWeight { get; init; }

    /// <summary>The name of the column that sample weights came from.</summary>
    public string? WeightColumn { get; init; }

    /// <summary>The name of the column that was added to the margins.</summary>
    public string? OffsetColumn { get; init; }

    /// <summary>The name of the column whose logarithm was added to the margins.</summary>
    public string? ExposureColumn { get; init; }

    /// <summary>The two labels that targets of 0 and 1 stand for; null where they are themselves.</summary>
    public IReadOnlyList<double>? Labels { get; init; }

    /// <summary>The same as words.</summary>
    public IReadOnlyList<string>? LabelWords { get; init; }

    /// <summary>Whether every row has a weight.</summary>
    public bool HasWeights { get; init; }

    /// <summary>Whether every row has an offset.</summary>
    public bool HasOffset { get; init; }

    /// <summary>Whether rows with NaN are left out; else they are an error.</summary>
    public bool SkipsNaN { get; init; }

    /// <summary>The parts, in the order of their rows.</summary>
    public required IReadOnlyList<ShardPart> Parts { get; init; }

    /// <summary>N.</summary>
    public long Rows() => Parts.Sum(part => (long)part.Rows);

    /// <summary>Writes the manifest.</summary>
    /// <param name="stream">Where to.</param>
    public void Write(Stream stream) => JsonSerializer.Serialize(stream, this, ShardManifestContext.Default.ShardManifest);

    /// <summary>Reads a manifest, and checks that it makes sense; parts are looked at when they are loaded.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">It is no manifest, or contradicts itself.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static ShardManifest Read(string path) => Read(path, out _);

    internal static ShardManifest Read(string path, out string hash)
    {
        var bytes = File.ReadAllBytes(path);
        hash = Convert.ToHexStringLower(SHA256.HashData(bytes));
        ShardManifest manifest;
        try
        {
            manifest = JsonSerializer.Deserialize(bytes, ShardManifestContext.Default.ShardManifest)
                ?? throw new InvalidDataException($"{path} is no manifest.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path} is no manifest: {e.Message}", e);
        }

        if (manifest.Format != CurrentFormat)
            throw new InvalidDataException($"{path} has format {manifest.Format}; this library reads format {CurrentFormat}.");
        var row = 0L;
        foreach (var part in manifest.Parts)
        {
            if (part.Rows < 1 || part.FirstRow != row || row % ShardRows.SliceRows != 0)
                throw new InvalidDataException(
                    $"{path}: {part.File} has {part.Rows} rows from row {part.FirstRow} on; the parts before it end at {row}, " +
                    $"and parts border at multiples of {ShardRows.SliceRows}.");
            if (part.Rows * Math.Max(1L, manifest.Features.Count) > Array.MaxLength)
                throw new InvalidDataException($"{path}: {part.File} has more numbers than one array holds; cut it into smaller parts.");
            row += part.Rows;
        }

        return manifest;
    }

    /// <summary>Floats of a part.</summary>
    internal long FloatsOf(ShardPart part) => part.Rows * (Features.Count + 1L + (HasWeights ? 1 : 0) + (HasOffset ? 1 : 0));
}

/// <summary>A file of a data set.</summary>
/// <param name="File">Its name, beside the manifest.</param>
/// <param name="FirstRow">The number of its first row.</param>
/// <param name="Rows">How many there are.</param>
/// <param name="Sha256">Of its bytes, in hexadecimal digits.</param>
public sealed record ShardPart(string File, long FirstRow, int Rows, string Sha256);

/// <summary>How a manifest is written: the compiler makes it, so that a native file has it.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(ShardManifest))]
internal sealed partial class ShardManifestContext : JsonSerializerContext;
