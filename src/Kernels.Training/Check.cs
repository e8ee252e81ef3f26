namespace Kernels.Training;

/// <summary>What every optimiser asks of its arguments.</summary>
internal static class Check
{
    internal static void Arguments(in Observations data, ReadOnlySpan<float> weights, TrainingOptions options)
    {
        Length(weights, data.X.Parameters);
        data.ThrowIfOverlaps(weights);
        options.Validate();
    }

    internal static void Arguments(ObservationBlocks data, ReadOnlySpan<float> weights, TrainingOptions options)
    {
        Shape(data);
        Length(weights, data.Parameters);
        options.Validate();
    }

    internal static void Arguments(ObservationShards data, ReadOnlySpan<float> weights, TrainingOptions options)
    {
        Shape(data);
        Length(weights, data.Parameters);
        options.Validate();
    }

    /// <summary>What shards say of themselves, before anything is allocated by it.</summary>
    internal static void Shape(ObservationShards data)
    {
        ArgumentNullException.ThrowIfNull(data);
        Shape(data.GetType().Name, data.Rows, data.Columns, data.HasIntercept, nameof(data));
    }

    /// <summary>What blocks say of themselves, before anything is allocated by it.</summary>
    internal static void Shape(ObservationBlocks data)
    {
        ArgumentNullException.ThrowIfNull(data);
        Shape(data.GetType().Name, data.Rows, data.Columns, data.HasIntercept, nameof(data));
    }

    private static void Shape(string type, long rows, int columns, bool hasIntercept, string name)
    {
        if (rows < 0)
            throw new ArgumentException($"{type}.Rows is {rows}; it must not be negative.", name);
        var most = hasIntercept ? int.MaxValue - 1 : int.MaxValue;
        if (columns < 0 || columns > most)
            throw new ArgumentException($"{type}.Columns is {columns}; it must be from 0 to {most}.", name);
    }

    internal static void Threads(int most, string name)
    {
        if (most is 0 or < -1)
            throw new ArgumentOutOfRangeException(name, most, $"The number of threads is {most}; it must be positive, or −1.");
    }

    internal static void Penalty(double value, string name)
    {
        if (!(value >= 0) || double.IsPositiveInfinity(value))
            throw new ArgumentOutOfRangeException(name, value, $"The penalty is {value}; it must be finite and not negative.");
    }

    internal static void Tolerance(double value, string name)
    {
        if (!(value >= 0))
            throw new ArgumentOutOfRangeException(name, value, $"The tolerance is {value}; it must not be negative.");
    }

    internal static void Length(ReadOnlySpan<float> weights, int parameters)
    {
        if (weights.Length != parameters)
            throw new ArgumentException($"The length of weights is {weights.Length}; the data take {parameters}.", nameof(weights));
    }
}
