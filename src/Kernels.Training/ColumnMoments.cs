using System.Numerics;
using Kernels.Training.Shards;

namespace Kernels.Training;

/// <summary>Means and deviations of columns over the rows that count, in float64.</summary>
/// <param name="columns">How many.</param>
/// <param name="origin">What sums are taken around: a row. A sum of squares around 0 would cancel where a mean is many deviations
/// away.</param>
internal sealed class ColumnMoments(int columns, double[] origin)
{
    private readonly double[] _sums = new double[columns];
    private readonly double[] _squares = new double[columns];

    internal double[] Means { get; } = new double[columns];

    /// <summary>Standard deviations around the means.</summary>
    internal double[] Deviations { get; } = new double[columns];

    /// <summary>The same around 0.</summary>
    internal double[] RootMeanSquares { get; } = new double[columns];

    /// <summary>The largest magnitude of each column.</summary>
    internal double[] Largest { get; } = new double[columns];

    internal double TotalWeight { get; private set; }

    /// <summary>Adds the rows of a positive weight that are finite.</summary>
    internal void Add(in Observations rows)
    {
        for (var i = 0; i < rows.X.Rows; i++)
        {
            var weight = rows.SampleWeights.IsEmpty ? 1f : rows.SampleWeights[i];
            if (weight > 0 && IsFinite(rows.X.Row(i)))
                Add(rows.X.Row(i), weight);
        }
    }

    internal void Add(ReadOnlySpan<float> x, double weight)
    {
        // Every column has sums of its own, so that the width of a vector changes no bit.
        var (i, s) = (0, new Vector<double>(weight));
        for (; i <= x.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector.Widen(new Vector<float>(x[i..]), out var lower, out var upper);
            Add(lower, s, i);
            Add(upper, s, i + Vector<double>.Count);
        }

        for (; i < x.Length; i++)
        {
            var d = x[i] - origin[i];
            var weighted = weight * d;
            _sums[i] += weighted;
            _squares[i] += weighted * d;
            Largest[i] = Math.Max(Largest[i], Math.Abs((double)x[i]));
        }

        TotalWeight += weight;
    }

    private void Add(Vector<double> x, Vector<double> weight, int at)
    {
        var d = x - new Vector<double>(origin, at);
        var weighted = weight * d;
        (new Vector<double>(_sums, at) + weighted).CopyTo(_sums, at);
        (new Vector<double>(_squares, at) + (weighted * d)).CopyTo(_squares, at);
        Vector.Max(new Vector<double>(Largest, at), Vector.Abs(x)).CopyTo(Largest, at);
    }

    /// <summary>Adds what other rows have come to, around the same origin.</summary>
    internal void Merge(ColumnMoments next)
    {
        for (var j = 0; j < _sums.Length; j++)
        {
            _sums[j] += next._sums[j];
            _squares[j] += next._squares[j];
            Largest[j] = Math.Max(Largest[j], next.Largest[j]);
        }

        TotalWeight += next.TotalWeight;
    }

    internal void Write(BinaryWriter writer)
    {
        writer.Write(_sums.AsSpan());
        writer.Write(_squares.AsSpan());
        writer.Write(Largest.AsSpan());
        writer.Write(TotalWeight);
    }

    internal void Read(BinaryReader reader)
    {
        reader.ReadDoubles(_sums.Length).CopyTo(_sums, 0);
        reader.ReadDoubles(_sums.Length).CopyTo(_squares, 0);
        reader.ReadDoubles(_sums.Length).CopyTo(Largest, 0);
        TotalWeight = reader.ReadDouble();
    }

    internal void Finish()
    {
        for (var j = 0; j < Means.Length && TotalWeight > 0; j++)
        {
            var d = _sums[j] / TotalWeight;
            Means[j] = origin[j] + d;
            var square = Math.Max(0, (_squares[j] / TotalWeight) - (d * d));

            // A column that is constant but for the rounding of its sums is constant.
            Deviations[j] = square <= 1e-14 * d * d ? 0 : Math.Sqrt(square);
            RootMeanSquares[j] = Math.Sqrt(square + (Means[j] * Means[j]));
        }
    }

    internal static bool IsFinite(ReadOnlySpan<float> x)
    {
        var (i, sums) = (0, Vector<float>.Zero);
        for (; i <= x.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var value = new Vector<float>(x[i..]);
            sums += value - value;
        }

        var sum = Vector.Sum(sums);
        for (; i < x.Length; i++)
            sum += x[i] - x[i];
        return sum == 0;
    }
}
