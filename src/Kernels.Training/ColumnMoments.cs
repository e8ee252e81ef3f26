using System.Numerics;
using System.Runtime.CompilerServices;
using Kernels.Training.Shards;

namespace Kernels.Training;

/// <summary>Means and deviations of columns over the rows that count, in float64.</summary>
/// <param name="columns">How many.</param>
/// <param name="origin">What sums are taken around: a row. A sum of squares around 0 would cancel where a mean is many deviations
/// away.</param>
internal sealed class ColumnMoments(int columns, double[] origin)
{
    /// <summary>In deviations: farther from 0, float32 margins of a column lose more than a digit; nearer, a centre saves none that
    /// counts, and what it takes away would round.</summary>
    internal const double Far = 16;

    private readonly double[] _sums = new double[columns];
    private readonly double[] _squares = new double[columns];

    private double[] Origin => origin;

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
        var run = new RowRun(this);
        for (var i = 0; i < rows.X.Rows; i++)
        {
            var weight = rows.SampleWeights.IsEmpty ? 1f : rows.SampleWeights[i];
            if (weight > 0 && IsFinite(rows.X.Row(i)))
                run.Add(rows, i);
        }

        run.End(rows);
    }

    /// <summary>Adds consecutive rows, all of which count.</summary>
    /// <remarks>Column after column, whose sums stay in registers: row after row they were loaded and stored, and a row of 30 columns took
    /// some 27 ns longer. Every column has its sums in the order of the rows either way, so neither this nor the width of a vector changes
    /// a bit.</remarks>
    internal void Add(in Observations rows, int first, int count)
    {
        var j = 0;
        for (; j <= columns - Vector<float>.Count; j += Vector<float>.Count)
            AddVector(rows, first, count, j, from: 0);
        if (j < columns && columns >= Vector<float>.Count)
            AddVector(rows, first, count, columns - Vector<float>.Count, from: j - (columns - Vector<float>.Count));
        for (var i = first; i < first + count; i++)
        {
            if (columns < Vector<float>.Count)
                AddNarrow(rows.X.Row(i), WeightOf(rows, i));
            TotalWeight += WeightOf(rows, i);
        }
    }

    /// <summary>Adds a row, which counts.</summary>
    internal void Add(ReadOnlySpan<float> x, double weight)
    {
        AddNarrow(x, weight);
        TotalWeight += weight;
    }

    private static double WeightOf(in Observations rows, int i) => rows.SampleWeights.IsEmpty ? 1.0 : rows.SampleWeights[i];

    // A vector of columns; those before `from` are another's.
    private void AddVector(in Observations rows, int first, int count, int column, int from)
    {
        var (lower, upper) = (new Sums(this, column), new Sums(this, column + Vector<double>.Count));
        for (var i = first; i < first + count; i++)
        {
            var x = new Vector<float>(rows.X.Row(i)[column..]);
            if (rows.SampleWeights.IsEmpty)
            {
                lower.Add(Vector.WidenLower(x));
                upper.Add(Vector.WidenUpper(x));
                continue;
            }

            var weight = new Vector<double>(rows.SampleWeights[i]);
            lower.Add(Vector.WidenLower(x), weight);
            upper.Add(Vector.WidenUpper(x), weight);
        }

        lower.Store(this, column, from);
        upper.Store(this, column + Vector<double>.Count, from - Vector<double>.Count);
    }

    private void AddNarrow(ReadOnlySpan<float> x, double weight)
    {
        for (var j = 0; j < columns; j++)
        {
            var d = x[j] - origin[j];
            var weighted = weight * d;
            _sums[j] += weighted;
            _squares[j] += weighted * d;
            Largest[j] = Math.Max(Largest[j], Math.Abs((double)x[j]));
        }
    }

    /// <summary>The sums of some columns, while rows are added to them.</summary>
    private struct Sums(ColumnMoments of, int at)
    {
        private readonly Vector<double> _origin = new(of.Origin, at);
        private Vector<double> _sums = new(of._sums, at);
        private Vector<double> _squares = new(of._squares, at);
        private Vector<double> _largest = new(of.Largest, at);

        // Of weight 1, with the same bits.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal void Add(Vector<double> x)
        {
            var d = x - _origin;
            _sums += d;
            _squares += d * d;
            _largest = Vector.MaxNative(_largest, Vector.Abs(x));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal void Add(Vector<double> x, Vector<double> weight)
        {
            var d = x - _origin;
            var weighted = weight * d;
            _sums += weighted;
            _squares += weighted * d;
            _largest = Vector.MaxNative(_largest, Vector.Abs(x));
        }

        internal readonly void Store(ColumnMoments to, int at, int from)
        {
            for (var j = Math.Max(from, 0); j < Vector<double>.Count; j++)
                (to._sums[at + j], to._squares[at + j], to.Largest[at + j]) = (_sums[j], _squares[j], _largest[j]);
        }
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
        var sums = Vector<float>.Zero;
        var rest = Differences(x, ref sums);
        return Vector.Sum(sums) + rest == 0;
    }

    /// <summary>The same of rows.</summary>
    internal static bool AreFinite(in DesignMatrix x)
    {
        var (sums, rest) = (Vector<float>.Zero, 0f);
        for (var i = 0; i < x.Rows; i++)
            rest += Differences(x.Row(i), ref sums);
        return Vector.Sum(sums) + rest == 0;
    }

    // x − x, which is 0 of finite values: in whole vectors, the last of which begins early, or returned where there are too few values.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Differences(ReadOnlySpan<float> x, ref Vector<float> sums)
    {
        var (i, rest) = (0, 0f);
        for (; i <= x.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var value = new Vector<float>(x[i..]);
            sums += value - value;
        }

        if (i < x.Length && x.Length >= Vector<float>.Count)
        {
            var value = new Vector<float>(x[^Vector<float>.Count..]);
            sums += value - value;
            return rest;
        }

        for (; i < x.Length; i++)
            rest += x[i] - x[i];
        return rest;
    }
}
