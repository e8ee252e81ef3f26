namespace Kernels.Bench.Serving;

/// <summary>Batches of rows as requests bring them, the weights, and what their means are in float64.</summary>
internal sealed class Batches
{
    private const int MostFloats = 1 << 16;

    internal Batches(int rows, int columns)
    {
        (Rows, Columns) = (rows, columns);
        var random = new Random(20261127);
        Weights = new float[columns + 1];
        foreach (ref var weight in Weights.AsSpan())
            weight = (float)((2 * random.NextDouble()) - 1) / MathF.Sqrt(columns);
        Values = new float[Math.Clamp(MostFloats / (rows * columns), 1, 64)][];
        Expected = new double[Values.Length][];
        for (var b = 0; b < Values.Length; b++)
        {
            var values = Values[b] = new float[rows * columns];
            foreach (ref var value in values.AsSpan())
                value = (float)((4 * random.NextDouble()) - 2);
            Expected[b] = new double[rows];
            for (var i = 0; i < rows; i++)
            {
                double margin = Weights[columns];
                for (var j = 0; j < columns; j++)
                    margin += (double)values[(i * columns) + j] * Weights[j];
                Expected[b][i] = 1 / (1 + Math.Exp(-margin));
            }
        }
    }

    internal int Rows { get; }

    internal int Columns { get; }

    /// <summary>The weight of each column, then the intercept.</summary>
    internal float[] Weights { get; }

    /// <summary>So many that a call does not find the numbers of the last one in its registers, and all of them in cache.</summary>
    internal float[][] Values { get; }

    internal double[][] Expected { get; }
}
