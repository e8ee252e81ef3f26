namespace Kernels.Training;

/// <summary>What every optimiser asks of its arguments.</summary>
internal static class Check
{
    internal static void Arguments(in Observations data, ReadOnlySpan<float> weights, TrainingOptions options)
    {
        if (weights.Length != data.X.Parameters)
            throw new ArgumentException($"The length of weights is {weights.Length}; data.X takes {data.X.Parameters}.", nameof(weights));
        options.Validate();
    }
}
