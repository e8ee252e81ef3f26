using System.Buffers;
using System.Text.Json;
using Kernels.Links;

namespace Kernels.Training;

/// <summary>
/// A fitted model as a thing of its own: what it takes to score a row, what the columns are called, and what is known of the fit. A file
/// of it is JSON, format version 1.
/// </summary>
/// <remarks>
/// The format is frozen: <c>format</c> ("kernels-model"), <c>version</c> (1), <c>link</c>, <c>arithmeticContract</c>, <c>features</c>,
/// <c>intercept</c>, <c>weights</c> (in the columns' own units, the intercept last), and, where they are given, <c>centers</c> with
/// <c>centeredIntercept</c>, <c>target</c>, <c>labels</c>, <c>labelWords</c>, <c>offset</c>, <c>sampleWeights</c>, <c>penalty</c>,
/// <c>fit</c>. A file of another version is refused whole. Files without a version are those of before: link, contract, features, intercept
/// and weights.
/// </remarks>
public sealed partial record Model
{
    /// <summary>The newest version of the format that is read. What is written is the oldest that has all that the model has: 2 with
    /// an <see cref="Exposure"/> or <see cref="Categories"/>, else 1.</summary>
    public const int FormatVersion = 2;

    // Since version 2 of the contract a model's means have had the same bits: version 3 changed the loss at margins of ±∞ alone.
    private const int OldestContract = 2;

    // Rows that are centred at a time.
    private const int PieceFloats = 1 << 14;

    private ScoringWeights? _scoring;

    /// <summary>The link.</summary>
    public required ModelLink Link { get; init; }

    /// <summary>The version of the arithmetic contract that the model was fitted with.</summary>
    public int ArithmeticContract { get; init; } = Kernels.ArithmeticContract.Version;

    /// <summary>The names of the columns of X.</summary>
    public required IReadOnlyList<string> Features { get; init; }

    /// <summary>Whether the last weight is the intercept.</summary>
    public required bool Intercept { get; init; }

    /// <summary>One a feature in its own units, then the intercept.</summary>
    public required IReadOnlyList<double> Weights { get; init; }

    /// <summary>What is subtracted from each column, in float64, before a row is scored; null for nothing.</summary>
    public IReadOnlyList<double>? Centers { get; init; }

    /// <summary>The intercept of the columns less their centres; null without centres.</summary>
    public double? CenteredIntercept { get; init; }

    /// <summary>The label's column.</summary>
    public string? Target { get; init; }

    /// <summary>The two labels that count as 0 and as 1, where they are others; null elsewhere.</summary>
    public IReadOnlyList<double>? Labels { get; init; }

    /// <summary>The words that the file had for the labels 0 and 1 (no and yes, False and True); null for none.</summary>
    public IReadOnlyList<string>? LabelWords { get; init; }

    /// <summary>The column that was added to the margins; a row cannot be scored without it.</summary>
    public string? Offset { get; init; }

    /// <summary>The sample weights' column.</summary>
    public string? SampleWeights { get; init; }

    /// <summary>Columns of words; null for none.</summary>
    public IReadOnlyList<ModelCategory>? Categories { get; init; }

    /// <summary>The column whose logarithm is the offset; null for none.</summary>
    public string? Exposure { get; init; }

    /// <summary>The penalties; null for none.</summary>
    public ModelPenalty? Penalty { get; init; }

    /// <summary>What is known of the fit; null in files that do not say.</summary>
    public ModelFit? Fit { get; init; }

    /// <summary>The model of some coefficients.</summary>
    /// <param name="link">Its link.</param>
    /// <param name="features">The columns' names.</param>
    /// <param name="intercept">Whether the last coefficient is an intercept.</param>
    /// <param name="coefficients">In the columns' own units.</param>
    /// <param name="means">The columns' means, if known.</param>
    /// <param name="deviations">Their standard deviations.</param>
    /// <returns>A model that scores columns less their means where their means are far from 0.</returns>
    public static Model Of(
        ModelLink link, IReadOnlyList<string> features, bool intercept, IReadOnlyList<double> coefficients,
        ReadOnlySpan<double> means = default, ReadOnlySpan<double> deviations = default)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(coefficients);
        var model = new Model { Link = link, Features = features, Intercept = intercept, Weights = coefficients };
        if (model.Fault() is { } fault)
            throw new ArgumentException("The model " + fault + ".", nameof(coefficients));
        var centers = new double[features.Count];
        for (var j = 0; j < centers.Length && intercept && !means.IsEmpty; j++)
            centers[j] = deviations[j] > 0 && Math.Abs(means[j]) > ColumnMoments.Far * deviations[j] ? means[j] : 0;
        if (!Array.Exists(centers, center => center != 0))
            return model;
        var moved = coefficients[^1];
        for (var j = 0; j < centers.Length; j++)
            moved += centers[j] * coefficients[j];
        return model with { Centers = centers, CenteredIntercept = moved };
    }

    /// <summary>The same model for rows from which constants have been subtracted already, in float64, before they were rounded to
    /// float32.</summary>
    /// <param name="constants">One a feature; null for none.</param>
    /// <returns>A model that gives those rows the means of the rows as they were.</returns>
    /// <exception cref="ArgumentException">There is another number of them, or the model has no intercept to take them up.</exception>
    public Model Less(IReadOnlyList<double>? constants)
    {
        if (constants is null)
            return this;
        if (constants.Count != Features.Count || !Intercept)
            throw new ArgumentException(
                $"There are {constants.Count} constants for {Features.Count} features; the model must have an intercept.",
                nameof(constants));
        var (centers, moved) = (new double[Features.Count], CenteredIntercept ?? Weights[^1]);
        for (var j = 0; j < centers.Length; j++)
        {
            var center = Centers is null ? 0 : Centers[j];
            centers[j] = constants[j] != 0 ? 0 : center;
            moved += constants[j] != 0 ? (constants[j] - center) * Weights[j] : 0;
        }

        return Array.Exists(centers, center => center != 0)
            ? this with { Centers = centers, CenteredIntercept = moved }
            : this with { Centers = null, CenteredIntercept = null, Weights = [.. Weights.SkipLast(1), moved] };
    }

    /// <summary>The mean of one row: for logit the probability of the label 1.</summary>
    /// <param name="row">One value a feature.</param>
    /// <param name="offset">What is added to the margin.</param>
    /// <returns>The mean, with the bits of the row in any batch.</returns>
    /// <exception cref="ArgumentException"><paramref name="row"/> has another length.</exception>
    public float Predict(ReadOnlySpan<float> row, float offset = 0)
    {
        if (Centers is null && offset == 0 && row.Length == Features.Count)
            return Score(Scoring(), row);
        Span<float> mean = stackalloc float[1];
        var x = new DesignMatrix(row, 1, row.Length, row.Length, Intercept);
        Predict(x, offset == 0 ? default : [offset], mean);
        return mean[0];
    }

    /// <summary>The means of rows.</summary>
    /// <param name="x">One column a feature; whether it has an intercept does not matter.</param>
    /// <param name="offset">One a row, added to the margins; empty for none.</param>
    /// <param name="means">One a row; overwritten.</param>
    /// <exception cref="ArgumentException">The rows have another number of columns, or a span another length.</exception>
    public void Predict(in DesignMatrix x, ReadOnlySpan<float> offset, Span<float> means)
    {
        if (x.Columns != Features.Count)
            throw new ArgumentException($"The rows have {x.Columns} columns; the model has {Features.Count} features.", nameof(x));
        if (means.Length != x.Rows)
            throw new ArgumentException($"The length of means is {means.Length}; there are {x.Rows} rows.", nameof(means));
        if (!offset.IsEmpty && offset.Length != x.Rows)
            throw new ArgumentException($"The length of offset is {offset.Length}; there are {x.Rows} rows.", nameof(offset));
        var weights = Scoring();
        if (Centers is null)
        {
            Score(weights, Intercept ? x.WithIntercept() : x, offset, means);
            return;
        }

        var rows = Math.Max(1, PieceFloats / Math.Max(1, x.Columns));
        var buffer = ArrayPool<float>.Shared.Rent(checked(Math.Min(rows, Math.Max(1, x.Rows)) * x.Columns));
        for (var start = 0; start < x.Rows; start += rows)
        {
            var count = Math.Min(rows, x.Rows - start);
            for (var i = 0; i < count; i++)
            {
                var row = x.Row(start + i);
                for (var j = 0; j < row.Length; j++)
                    buffer[(i * row.Length) + j] = (float)(row[j] - Centers[j]);
            }

            var piece = new DesignMatrix(buffer.AsSpan(0, count * x.Columns), count, x.Columns, x.Columns, Intercept);
            Score(weights, piece, offset.IsEmpty ? default : offset.Slice(start, count), means.Slice(start, count));
        }

        ArrayPool<float>.Shared.Return(buffer);
    }

    /// <summary>The margin of one row in float64: for what float32 cannot tell, such as the deviance of large counts.</summary>
    /// <param name="row">One value a feature.</param>
    /// <param name="offset">What is added to it.</param>
    /// <returns>z = Σ wⱼ·xⱼ + b + o.</returns>
    /// <exception cref="ArgumentException"><paramref name="row"/> has another length.</exception>
    public double Margin(ReadOnlySpan<float> row, double offset = 0)
    {
        if (row.Length != Features.Count)
            throw new ArgumentException($"The row has {row.Length} values; the model has {Features.Count} features.", nameof(row));
        var z = CenteredIntercept ?? (Intercept ? Weights[^1] : 0);
        for (var j = 0; j < row.Length; j++)
            z += (row[j] - (Centers is null ? 0 : Centers[j])) * Weights[j];
        return z + offset;
    }

    /// <summary>Reads a model.</summary>
    /// <param name="path">A file that <see cref="Save"/> or the tool wrote.</param>
    /// <returns>The model.</returns>
    /// <exception cref="InvalidDataException">It is no model, of another version, or damaged.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static Model Load(string path)
    {
        using var stream = File.OpenRead(path);
        return Read(stream);
    }

    /// <summary>Reads a model.</summary>
    /// <param name="stream">What <see cref="Write"/> wrote.</param>
    /// <returns>The model.</returns>
    /// <exception cref="InvalidDataException">It is no model, of another version, or damaged.</exception>
    public static Model Read(Stream stream)
    {
        try
        {
            var file = JsonSerializer.Deserialize(stream, ModelFileContext.Default.ModelFile)
                ?? throw new InvalidDataException("is no model file");
            var model = file.ToModel();
            if (model.Fault() is { } fault)
                throw new InvalidDataException(fault);
            model.Scoring(); // so that the first prediction allocates nothing either
            return model;
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"is no model file: {e.Message.Split(" Path:")[0]}", e);
        }
    }

    /// <summary>Writes the model, whole or not at all: under a new name beside the file, which then takes its place.</summary>
    /// <param name="path">Where to.</param>
    /// <exception cref="IOException">It cannot be written; what was there is there.</exception>
    public void Save(string path)
    {
        var full = Path.GetFullPath(path);
        var temporary = Path.Combine(Path.GetDirectoryName(full)!, $".{Path.GetFileName(full)}.{Guid.NewGuid():N}");
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                Write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, full, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>Writes the model as JSON.</summary>
    /// <param name="stream">Where to.</param>
    public void Write(Stream stream) => JsonSerializer.Serialize(stream, ModelFile.Of(this), ModelFileContext.Default.ModelFile);

    // What keeps it from being used; null if nothing does.
    private string? Fault()
    {
        if (ArithmeticContract is < OldestContract or > Kernels.ArithmeticContract.Version)
            return $"is of version {ArithmeticContract} of the arithmetic contract; this program reads {OldestContract} to "
                + $"{Kernels.ArithmeticContract.Version}";
        if (Fit is { Status: null })
            return "has a fit without a status";
        if (Features.Any(name => name is null))
            return "has a feature without a name";
        var expected = Features.Count + (Intercept ? 1 : 0);
        if (Weights.Count != expected)
            return $"has {Weights.Count} weights where its features take {expected}";
        for (var j = 0; j < Weights.Count; j++)
        {
            if (!float.IsFinite((float)Weights[j]))
                return $"has a weight, number {j + 1}, that is no finite number of float32";
        }

        if (Centers is not null && (Centers.Count != Features.Count || !Intercept || !Centers.All(double.IsFinite)
            || CenteredIntercept is not { } moved || !double.IsFinite(moved)))
            return "has centers that do not go with its features";
        if (Categories is not null && FaultOf(Categories) is { } category)
            return category;
        if (LabelWords is not null && (LabelWords.Count != 2 || LabelWords.Any(string.IsNullOrEmpty) || LabelWords[0] == LabelWords[1]))
            return "has words for labels that are not two";
        return Labels is null || (Labels.Count == 2 && Labels.All(double.IsFinite)) ? null : "has labels that are not two numbers";
    }

    // A copy by `with` has the field of the original, but maybe other weights.
    private float[] Scoring()
    {
        if (_scoring is { } scoring && ReferenceEquals(scoring.Of, Weights) && scoring.Intercept == CenteredIntercept)
            return scoring.Values;
        var weights = new float[Weights.Count];
        for (var j = 0; j < weights.Length; j++)
            weights[j] = (float)Weights[j];
        if (CenteredIntercept is { } moved)
            weights[^1] = (float)moved;
        _scoring = new(Weights, CenteredIntercept, weights);
        return weights;
    }

    private void Score(float[] weights, in DesignMatrix x, ReadOnlySpan<float> offset, Span<float> means)
    {
        switch (Link)
        {
            case ModelLink.Logit:
                Glm<Logit>.Predict(x, weights, offset, means);
                break;
            case ModelLink.Identity:
                Glm<Identity>.Predict(x, weights, offset, means);
                break;
            default:
                Glm<Log>.Predict(x, weights, offset, means);
                break;
        }
    }

    private float Score(float[] weights, ReadOnlySpan<float> row) => Link switch
    {
        ModelLink.Logit => Glm<Logit>.Predict(row, weights, Intercept),
        ModelLink.Identity => Glm<Identity>.Predict(row, weights, Intercept),
        _ => Glm<Log>.Predict(row, weights, Intercept),
    };

    /// <summary>The weights in float32, and what they were made of.</summary>
    private sealed record ScoringWeights(IReadOnlyList<double> Of, double? Intercept, float[] Values);
}
