using System.Runtime.InteropServices;

namespace Kernels.Bench.Roofline;

/// <summary>A logistic regression of a given shape in 64-byte aligned native memory, the same for every contender, and its gradient in
/// double.</summary>
internal sealed unsafe partial class Problem : IDisposable
{
    private const int CacheLine = 64;
    private const int HugePage = 2 << 20;
    private const int AdviseHugePage = 14; // MADV_HUGEPAGE, Linux

    private readonly float* _x;
    private readonly float* _y;
    private readonly float* _weights;
    private readonly float* _gradient;
    private readonly float* _margins;
    private readonly int _offset;

    /// <param name="shape">N × d.</param>
    /// <param name="offset">Floats between the start of X and a cache line.</param>
    /// <param name="hugePages">Whether to ask the system for huge pages for X.</param>
    internal Problem(Shape shape, int offset, bool hugePages = false)
    {
        Shape = shape;
        _offset = offset;
        _x = Allocate(shape.Elements + (long)offset, hugePages);
        _y = Allocate(shape.Rows);
        _weights = Allocate(shape.Columns);
        _gradient = Allocate(shape.Columns);
        _margins = Allocate(shape.Rows);
        var random = new Random(42);
        Fill(X, random, 1f);
        Fill(Weights, random, 1f / MathF.Sqrt(shape.Columns));
        foreach (ref var y in Y)
            y = random.Next(2);
        Expected = GradientInDouble();
        ExpectedMeans = MeansInDouble();
    }

    internal Shape Shape { get; }

    internal Span<float> X => new(_x + _offset, Shape.Elements);

    internal Span<float> Y => new(_y, Shape.Rows);

    internal Span<float> Weights => new(_weights, Shape.Columns);

    internal Span<float> Gradient => new(_gradient, Shape.Columns);

    /// <summary>Workspace of those who need one, and everyone's predictions.</summary>
    internal Span<float> Margins => new(_margins, Shape.Rows);

    internal DesignMatrix Matrix => new(X, Shape.Columns);

    internal double[] Expected { get; }

    internal double[] ExpectedMeans { get; }

    public void Dispose()
    {
        foreach (var memory in (ReadOnlySpan<nint>)[(nint)_x, (nint)_y, (nint)_weights, (nint)_gradient, (nint)_margins])
            NativeMemory.AlignedFree((void*)memory);
    }

    /// <summary>max |actual − expected| / max |expected|.</summary>
    internal static double RelativeError(ReadOnlySpan<float> actual, ReadOnlySpan<double> expected)
    {
        var (error, size) = (0.0, 0.0);
        for (var i = 0; i < expected.Length; i++)
        {
            var difference = Math.Abs(actual[i] - expected[i]);
            error = difference <= error ? error : difference; // NaN stays
            size = Math.Max(size, Math.Abs(expected[i]));
        }

        return size == 0 ? error : error / size;
    }

    private static float* Allocate(long floats, bool hugePages = false)
    {
        var bytes = checked((nuint)floats * sizeof(float));
        var memory = (float*)NativeMemory.AlignedAlloc(bytes, (nuint)(hugePages ? HugePage : CacheLine));
        if (hugePages && MemoryAdvise(memory, bytes, AdviseHugePage) != 0)
            throw new FormatException("This system gives no huge pages.");
        new Span<float>(memory, checked((int)floats)).Clear(); // touches every page
        return memory;
    }

    private static void Fill(Span<float> values, Random random, float scale)
    {
        foreach (ref var value in values)
            value = ((2f * random.NextSingle()) - 1f) * scale;
    }

    private double Margin(int row)
    {
        var x = X.Slice(row * Shape.Columns, Shape.Columns);
        var w = Weights;
        var z = 0.0;
        for (var j = 0; j < x.Length; j++)
            z += (double)x[j] * w[j];
        return z;
    }

    private double[] GradientInDouble()
    {
        var gradient = new double[Shape.Columns];
        for (var i = 0; i < Shape.Rows; i++)
        {
            var r = (1 / (1 + Math.Exp(-Margin(i)))) - Y[i];
            var x = X.Slice(i * Shape.Columns, Shape.Columns);
            for (var j = 0; j < x.Length; j++)
                gradient[j] += r * x[j];
        }

        return gradient;
    }

    private double[] MeansInDouble() => [.. Enumerable.Range(0, Shape.Rows).Select(i => 1 / (1 + Math.Exp(-Margin(i))))];

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int MemoryAdvise(void* address, nuint length, int advice);
}
