using Kernels.Cli.Data;
using Kernels.Training;

namespace Kernels.Cli;

/// <summary>A model from a file, and the sample for one that fits it.</summary>
internal static class ModelInput
{
    /// <exception cref="DataException">It cannot be read, or is no model.</exception>
    internal static Model Read(string path)
    {
        if (path.Length == 0)
            throw new DataException("the model", "has an empty path");
        if (Directory.Exists(path))
            throw new DataException(path, "is a folder");
        try
        {
            return Model.Load(path);
        }
        catch (InvalidDataException e)
        {
            throw new DataException(path, Message.Line(e.Message));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException(path, e is FileNotFoundException or DirectoryNotFoundException ? "there is no such file" : e.Message);
        }
    }

    /// <summary>How rows are read for a model: less its centres, where the file has more digits than float32. A model that was fitted with
    /// an offset has none of its own, so its rows must bring theirs.</summary>
    /// <exception cref="DataException">The data cannot have it.</exception>
    internal static ReadOptions For(Model model, ReadOptions options, string? path)
    {
        options = options with
        {
            Shift = model.Centers?.ToArray(),
            Categories = model.Categories,
            LabelsMayBeWords = model.LabelWords is not null,
            KnownLabels = model.LabelWords,
        };
        if ((model.Offset ?? model.Exposure) is not { } column || options.Offset is not null || options.ConstantOffset is not null)
            return options;
        return path is null
            ? throw new DataException("the model",
                $"was fitted with the {(model.Offset is null ? "exposure" : "offset")} column '{Message.Quote(column)}', which the sample "
                + $"does not have; --offset 0 scores it without")
            : options with { Offset = column, OffsetIsExposure = model.Offset is null };
    }

    internal static Dataset Sample(Model model)
    {
        var data = DataReader.ReadSample();
        return data.Columns == model.Features.Count
            ? data
            : throw new DataException(data.Source, $"{data.Columns} features, but the model has {model.Features.Count}");
    }
}
