namespace Kernels.Lanes;

/// <summary>The one number that every width shares.</summary>
internal static class Lane
{
    /// <summary>float32 lanes in an <see cref="ILanes{TSelf}"/>.</summary>
    internal const int Count = Contract.Lanes;

    /// <summary>float64 lanes in the same bits.</summary>
    internal const int DoubleCount = 8;

    /// <summary><paramref name="count"/> rounded up to whole vectors.</summary>
    internal static nint RoundUp(nint count) => checked(count + (Count - 1)) & ~(nint)(Count - 1);

    /// <summary>The same for vectors of float64.</summary>
    internal static nint RoundUpDouble(nint count) => checked(count + (DoubleCount - 1)) & ~(nint)(DoubleCount - 1);
}
