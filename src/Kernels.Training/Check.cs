namespace Kernels.Training;

/// <summary>What every optimiser asks of its arguments.</summary>
internal static class Check
{
    internal static void Arguments(int parameters, ReadOnlySpan<float> weights, TrainingOptions options)
    {
        if (weights.Length != parameters)
            throw new ArgumentException($"The length of weights is {weights.Length}; the data take {parameters}.", nameof(weights));
        options.Validate();
    }
}
