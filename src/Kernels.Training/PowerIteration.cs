namespace Kernels.Training;

/// <summary>v ← Av/‖Av‖ until ‖Av‖ hardly grows: the largest eigenvalue of A = Tᵀ·B·T for a positive semidefinite B, from
/// below.</summary>
internal sealed class PowerIteration
{
    private const double EnoughGrowth = 1.01;

    private readonly SearchCoordinates _coordinates;
    private readonly double[] _vector;

    internal PowerIteration(int parameters, SearchCoordinates coordinates)
    {
        _coordinates = coordinates;
        (_vector, Vector, Product) = (new double[parameters], new float[parameters], new float[parameters]);

        // Fixed, and orthogonal to nothing in particular: the fractions of multiples of the golden ratio.
        for (var j = 0; j < parameters; j++)
            _vector[j] = (0.5 + ((j + 1) * 0.6180339887498949 % 1.0)) * (j % 3 == 0 ? -1 : 1);
        Normalize();
    }

    /// <summary>T·v, for a v of length 1.</summary>
    internal float[] Vector { get; }

    /// <summary>B·T·v, to be filled in before <see cref="Next"/>.</summary>
    internal float[] Product { get; }

    internal double Eigenvalue { get; private set; }

    internal int Passes { get; private set; }

    /// <summary>Goes on from the product; false when it is enough.</summary>
    internal bool Next()
    {
        Passes++;
        for (var j = 0; j < _vector.Length; j++)
            _vector[j] = Product[j];
        _coordinates.OfGradient(_vector);
        var before = Eigenvalue;
        Eigenvalue = Normalize();
        return Eigenvalue > before * EnoughGrowth;
    }

    // Returns the length that the vector had.
    private double Normalize()
    {
        var length = Math.Sqrt(Vectors.Dot(_vector, _vector));
        for (var j = 0; j < _vector.Length && length > 0; j++)
            _vector[j] /= length;
        _coordinates.ToWeights(_vector, Vector);
        return length;
    }
}
