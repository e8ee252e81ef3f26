using Kernels.Links;

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
        var rows = data.Sum(_ => new Sums<TLink>(coordinates, weights));
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

    // By how much a row of this target is worse for a margin that is q larger, far out.
    private static double Against<TLink>(double q, float y)
        where TLink : struct, ILink
    {
        if (typeof(TLink) == typeof(Log))
            return y == 0 ? q : Math.Abs(q);
        return y == 0 ? q : y == 1 ? -q : Math.Abs(q);
    }

    /// <summary>The largest margin along the direction, and the largest that is against it.</summary>
    private sealed class Sums<TLink>(Coordinates coordinates, double[] weights) : IRowSums<Sums<TLink>>
        where TLink : struct, ILink
    {
        internal double Largest { get; private set; }

        internal double Against { get; private set; }

        public void Add(in Observations rows, long first)
        {
            for (var i = 0; i < rows.X.Rows; i++)
            {
                if (!rows.SampleWeights.IsEmpty && rows.SampleWeights[i] == 0)
                    continue;
                var (q, y) = (coordinates.HasIntercept ? weights[^1] : 0, rows.Targets[i]);
                var x = rows.X.Row(i);
                for (var j = 0; j < x.Length; j++)
                    q += (x[j] - coordinates.Centers[j]) * weights[j];
                if (double.IsNaN(q + y))
                    continue;
                Largest = Math.Max(Largest, Math.Abs(q));
                Against = Math.Max(Against, Separation.Against<TLink>(q, y));
            }
        }

        public void Merge(Sums<TLink> next) =>
            (Largest, Against) = (Math.Max(Largest, next.Largest), Math.Max(Against, next.Against));
    }
}
