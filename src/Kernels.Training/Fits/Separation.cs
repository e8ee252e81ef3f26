using Kernels.Links;
using Kernels.Training.Shards;

namespace Kernels.Training.Fits;

/// <summary>Whether the likelihood rises for ever along a direction: proved row by row, not guessed from large margins.</summary>
/// <remarks>Albert and Anderson, Biometrika 71, 1984: there is no finite optimum if, and only if, some direction takes no row away from
/// its label. For counts it must lower rows of 0 and leave the others where they are.</remarks>
internal static class Separation
{
    private const double Noise = 1e-5;
    private const double Part = 1e-2;

    /// <summary>Reads all rows.</summary>
    /// <param name="data">The rows.</param>
    /// <param name="coordinates">Those of the direction.</param>
    /// <param name="direction">The last step of a fit.</param>
    /// <returns>The columns that the direction is made of; null if rows have something against it.</returns>
    internal static int[]? Along<TLink>(in FitData<TLink> data, Coordinates coordinates, ReadOnlySpan<double> direction)
        where TLink : struct, ILink
    {
        if (typeof(TLink) == typeof(Identity))
            return null;
        var weights = new double[direction.Length];
        coordinates.ToCentered(direction, weights);
        var rows = data.Sum(new SeparationQuestion<TLink>(coordinates.Centers, weights, coordinates.HasIntercept));
        if (!(rows.Largest > 0) || rows.Against > Noise * rows.Largest)
            return null;
        var most = 0.0;
        foreach (var u in direction)
            most = Math.Max(most, Math.Abs(u));
        var columns = new List<int>();
        for (var j = 0; j < direction.Length; j++)
        {
            if (Math.Abs(direction[j]) >= Part * most)
                columns.Add(j);
        }

        return [.. columns];
    }
}
