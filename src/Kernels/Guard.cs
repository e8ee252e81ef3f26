using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;
using Kernels.Lanes;

namespace Kernels;

/// <summary>The checks that stand before the first load: after them every access of a pass is in bounds.</summary>
internal static class Guard
{
    /// <summary>Parameters whose packed Hessian fits an array.</summary>
    internal const int MostSecondOrder = 32_000;

    internal static void Columns(int columns, bool intercept)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        if (intercept && columns == int.MaxValue)
            throw new ArgumentOutOfRangeException(
                nameof(columns), columns, $"{columns} columns and an intercept are more weights than a span can hold.");
    }

    internal static void Weights(in DesignMatrix x, ReadOnlySpan<float> weights)
    {
        if (weights.Length != x.Parameters)
            ThrowParameters(nameof(weights), weights.Length, x);
    }

    // Numbers alone go to what throws: a matrix made here would be cleared by every call that is right.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Row(ReadOnlySpan<float> row, ReadOnlySpan<float> weights, bool intercept)
    {
        if (weights.Length != row.Length + (intercept ? 1L : 0L))
            ThrowRow(row.Length, weights.Length, intercept);
    }

    internal static void OfRows(in DesignMatrix x, ReadOnlySpan<float> values, string name)
    {
        if (values.Length != x.Rows)
            ThrowRows(name, values.Length, x);
    }

    internal static void OfRowsOrEmpty(in DesignMatrix x, ReadOnlySpan<float> values, string name)
    {
        if (!values.IsEmpty)
            OfRows(x, values, name);
    }

    internal static void SameLength(ReadOnlySpan<float> values, ReadOnlySpan<float> margins, string name)
    {
        if (values.Length != margins.Length)
            throw new ArgumentException($"The length of {name} is {values.Length}; there are {margins.Length} margins.", name);
    }

    internal static void Known(RowsWithNaN value, string name)
    {
        if (value is not (RowsWithNaN.Propagate or RowsWithNaN.Skip))
            throw new ArgumentOutOfRangeException(name, value, $"{name} is {(int)value}; it must be Propagate (0) or Skip (1).");
    }

    internal static void Targets(in DesignMatrix x, ReadOnlySpan<float> y)
    {
        if (y.Length != x.Rows)
            ThrowRows(nameof(y), y.Length, x);
    }

    internal static void Gradient(in DesignMatrix x, ReadOnlySpan<float> y, ReadOnlySpan<float> weights, ReadOnlySpan<float> gradient)
    {
        if (gradient.Length != x.Parameters)
            ThrowParameters(nameof(gradient), gradient.Length, x);
        NoOverlap(gradient, x.Values, "x");
        NoOverlap(gradient, y, nameof(y));
        NoOverlap(gradient, weights, nameof(weights));
    }

    /// <summary>What is written to is as long as the weights, and shares no memory with anything that is read.</summary>
    internal static void Written(in Observations data, ReadOnlySpan<float> weights, ReadOnlySpan<float> written, string name)
    {
        if (written.Length != data.X.Parameters)
            ThrowParameters(name, written.Length, data.X);
        NoOverlap(written, weights, nameof(weights), name);
        NoOverlap(written, data, name);
    }

    internal static void Direction(in DesignMatrix x, ReadOnlySpan<float> direction)
    {
        if (direction.Length != x.Parameters)
            ThrowParameters(nameof(direction), direction.Length, x);
    }

    internal static void NoOverlap(ReadOnlySpan<float> written, in Observations data, string name)
    {
        NoOverlap(written, data.X.Values, "data.X", name);
        NoOverlap(written, data.Targets, "data.Targets", name);
        NoOverlap(written, data.SampleWeights, "data.SampleWeights", name);
        NoOverlap(written, data.Offset, "data.Offset", name);
    }

    internal static void Bound(in Observations data, ReadOnlySpan<float> weights, ReadOnlySpan<double> bound)
    {
        if (bound.Length != data.X.Parameters)
            ThrowParameters(nameof(bound), bound.Length, data.X);
        NoOverlap(bound, weights, nameof(weights));
        NoOverlap(bound, data.X.Values, "data.X");
        NoOverlap(bound, data.Targets, "data.Targets");
        NoOverlap(bound, data.SampleWeights, "data.SampleWeights");
        NoOverlap(bound, data.Offset, "data.Offset");
    }

    /// <summary>Weights whose Hessian fits an array, and a centre for each column or none.</summary>
    internal static void SecondOrder(ReadOnlySpan<double> weights, ReadOnlySpan<double> centers, int columns)
    {
        if (weights.Length > MostSecondOrder)
            throw new ArgumentException(
                $"The length of weights is {weights.Length}; a Hessian of more than {MostSecondOrder} does not fit an array.",
                nameof(weights));
        if (!centers.IsEmpty && centers.Length != columns)
            throw new ArgumentException($"The length of centers is {centers.Length}; there are {columns} columns.", nameof(centers));
    }

    /// <summary>A gradient and a packed Hessian of the right lengths.</summary>
    internal static void SecondOrder(int parameters, ReadOnlySpan<double> gradient, ReadOnlySpan<double> hessian)
    {
        if (gradient.Length != parameters)
            throw new ArgumentException(
                $"The length of gradient is {gradient.Length}; there are {parameters} weights.", nameof(gradient));
        var triangle = parameters * (parameters + 1L) / 2;
        if (hessian.Length != triangle)
            throw new ArgumentException(
                $"The length of hessian is {hessian.Length}; the lower triangle of {parameters} weights takes {triangle}.",
                nameof(hessian));
    }

    /// <summary>A gradient and a Hessian share no memory with anything that is read, nor with each other.</summary>
    internal static void SecondOrder<T>(
        in Observations data, ReadOnlySpan<T> weights, ReadOnlySpan<double> centers, ReadOnlySpan<double> gradient,
        ReadOnlySpan<double> hessian)
        where T : unmanaged
    {
        Apart(gradient, data, weights, centers, nameof(gradient));
        Apart(hessian, data, weights, centers, nameof(hessian));
        NoOverlap(gradient, hessian, nameof(hessian), nameof(gradient));

        static void Apart(
            ReadOnlySpan<double> written, in Observations data, ReadOnlySpan<T> weights, ReadOnlySpan<double> centers, string name)
        {
            NoOverlap(written, weights, nameof(weights), name);
            NoOverlap(written, centers, nameof(centers), name);
            NoOverlap(written, data.X.Values, "data.X", name);
            NoOverlap(written, data.Targets, "data.Targets", name);
            NoOverlap(written, data.SampleWeights, "data.SampleWeights", name);
            NoOverlap(written, data.Offset, "data.Offset", name);
        }
    }

    internal static void Destination(in DesignMatrix x, ReadOnlySpan<float> weights, ReadOnlySpan<float> destination)
    {
        if (destination.Length != x.Rows)
            ThrowRows(nameof(destination), destination.Length, x);
        NoOverlap(destination, x.Values, "x");
        NoOverlap(destination, weights, nameof(weights));
    }

    internal static void InPlace(in DesignMatrix x, ReadOnlySpan<float> y, ReadOnlySpan<float> weights, float learningRate)
    {
        NoOverlap(weights, x.Values, "x");
        NoOverlap(weights, y, nameof(y));
        LearningRate(learningRate);
    }

    internal static void LearningRate(float learningRate)
    {
        if (!(learningRate >= 0f) || float.IsPositiveInfinity(learningRate))
            throw new ArgumentOutOfRangeException(
                nameof(learningRate), learningRate, $"The learning rate is {learningRate}; it must be finite and not negative.");
    }

    internal static void Penalty(float l2)
    {
        if (!(l2 >= 0f) || float.IsPositiveInfinity(l2))
            throw new ArgumentOutOfRangeException(nameof(l2), l2, $"The L2 penalty is {l2}; it must be finite and not negative.");
    }

    internal static void Team(int threads, TimeSpan spinTime)
    {
        const int Most = 1024;
        if (threads is < 1 or > Most)
            throw new ArgumentOutOfRangeException(nameof(threads), threads, $"A team of {threads} threads; it must be 1 to {Most}.");
        if (spinTime < TimeSpan.Zero || spinTime > TimeSpan.FromSeconds(1))
            throw new ArgumentOutOfRangeException(nameof(spinTime), spinTime, $"The spin time is {spinTime}; it must be 0 to 1 s.");
    }

    internal static void Elementwise(ReadOnlySpan<float> x, ReadOnlySpan<float> destination)
    {
        if (destination.Length < x.Length)
            throw new ArgumentException(
                $"The length of destination is {destination.Length}; x has {x.Length} elements.", nameof(destination));
        destination = destination[..x.Length];
        if (Addresses.Overlap(destination, x, out var offset) && offset != 0)
            ThrowOverlap(nameof(destination), destination.Length, "floats", nameof(x), x.Length, offset);
    }

    internal static void Reduction(Reduction reduction)
    {
        if (reduction is not (Kernels.Reduction.Sum or Kernels.Reduction.Mean))
            throw new ArgumentOutOfRangeException(
                nameof(reduction), reduction, $"The reduction is {(int)reduction}; it must be Sum (0) or Mean (1).");
    }

    internal static void NoOverlap(
        ReadOnlySpan<float> written, ReadOnlySpan<float> read, string name,
        [CallerArgumentExpression(nameof(written))] string writtenName = "")
    {
        if (Addresses.Overlap(written, read, out var offset))
            ThrowOverlap(writtenName, written.Length, "floats", name, read.Length, offset);
    }

    private static void NoOverlap<T>(
        ReadOnlySpan<double> bound, ReadOnlySpan<T> read, string name, [CallerArgumentExpression(nameof(bound))] string writtenName = "")
        where T : unmanaged
    {
        if (Addresses.Overlap(bound, read, out var offset))
            ThrowOverlap(writtenName, bound.Length, "doubles", name, read.Length, offset);
    }

    // Each of these is one throw: a call of one that calls another would be taken for one that returns.
    [DoesNotReturn]
    internal static void ThrowRow(int index, int rows) =>
        throw new ArgumentOutOfRangeException(nameof(index), index, $"The row is {index}; the matrix has {rows} rows.");

    [DoesNotReturn]
    private static void ThrowRow(int columns, int weights, bool intercept) =>
        throw WrongParameters(nameof(weights), weights, new DesignMatrix(default, rows: 0, columns, columns, intercept));

    [DoesNotReturn]
    private static void ThrowParameters(string name, int length, in DesignMatrix x) => throw WrongParameters(name, length, x);

    private static ArgumentException WrongParameters(string name, int length, in DesignMatrix x) =>
        new(
            $"The length of {name} is {length}; x has {x.Columns} columns{(
                x.HasIntercept ? " and an intercept" : string.Empty)}, which takes {x.Parameters}.", name);

    [DoesNotReturn]
    private static void ThrowRows(string name, int length, in DesignMatrix x) =>
        throw new ArgumentException($"The length of {name} is {length}; x has {x.Rows} rows.", name);

    [DoesNotReturn]
    private static void ThrowOverlap(string written, int length, string unit, string read, int readLength, nint bytes) =>
        throw new ArgumentException(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{written} ({length} {unit}) overlaps {read} ({readLength} floats), which starts {bytes / (double)sizeof(float)} floats ")
            + "from its start; what is written may not share memory with what is read.",
            written);
}
