using Kernels.Cli.Data;

namespace Kernels.Cli;

/// <summary>The sample, for a model that fits it.</summary>
internal static class ModelInput
{
    internal static Dataset Sample(ModelFile model)
    {
        var data = DataReader.ReadSample();
        return data.Columns == model.Features.Length
            ? data
            : throw new DataException(data.Source, $"{data.Columns} features, but the model has {model.Features.Length}");
    }
}
