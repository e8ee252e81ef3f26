namespace Kernels.Training;

/// <summary>v ← Av/‖Av‖ until ‖Av‖ hardly grows: the largest eigenvalue of a positive semidefinite A, from below.</summary>
internal sealed class PowerIteration
{
    private const double EnoughGrowth = 1.01;

    internal PowerIteration(int parameters)
    {
        (Vector, Product) = (new float[parameters], new float[parameters]);

        // Fixed, and orthogonal to nothing in particular: the fractions of multiples of the golden ratio.
        for (var j = 0; j < parameters; j++)
            Vector[j] = (float)(0.5 + ((j + 1) * 0.6180339887498949 % 1.0)) * (j % 3 == 0 ? -1f : 1f);
        Normalize(Vector);
    }

    /// <summary>v, of length 1.</summary>
    internal float[] Vector { get; }

    /// <summary>Av, to be filled in before <see cref="Next"/>.</summary>
    internal float[] Product { get; }

    internal double Eigenvalue { get; private set; }

    internal int Passes { get; private set; }

    /// <summary>Goes on from the product; false when it is enough.</summary>
    internal bool Next()
    {
        Passes++;
        Product.CopyTo(Vector, 0);
        var before = Eigenvalue;
        Eigenvalue = Normalize(Vector);
        return Eigenvalue > before * EnoughGrowth;
    }

    // Returns the length that the vector had.
    private static double Normalize(float[] v)
    {
        var squares = 0.0;
        foreach (var value in v)
            squares += (double)value * value;
        var length = Math.Sqrt(squares);
        for (var j = 0; j < v.Length && length > 0; j++)
            v[j] = (float)(v[j] / length);
        return length;
    }
}
