using Kernels.Lanes;

namespace Kernels;

/// <content>Compilation before the first call that counts.</content>
public abstract partial class Glm<TLink>
{
    /// <summary>
    /// Compiles what calls of a shape need, on the thread that calls this: a service that calls it while it starts has its first request at
    /// full speed. Under NativeAOT there is nothing to compile.
    /// </summary>
    /// <param name="columns">d, the columns of the rows to come.</param>
    /// <param name="rows">Rows of a call: 1 for rows one by one.</param>
    /// <param name="intercept">Whether the weights end with an intercept.</param>
    /// <remarks>
    /// <para>It calls <c>Predict</c>, <c>Loss</c>, <c>Gradient</c> and <c>Step</c> on zeros of native memory, often enough that the
    /// runtime's tiered compilation takes them up; that goes on in the background for some 100 ms more. Which loops are compiled depends on
    /// the shape, so a service with several shapes calls it for each.</para>
    /// <para>Without it the first calls of a process take the compiler's time, tens of milliseconds (bench/README.md, First calls). It
    /// borrows native memory for X and as many targets as rows, and returns when its calls are done.</para>
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative, or the rows do not fit an array.</exception>
    public static void Prepare(int columns, int rows = 1, bool intercept = false)
    {
        // The runtime counts thirty calls before it compiles a method again; large ones are not worth so many.
        const int MostCalls = 40;
        const long FloatsOfAll = 1 << 24;
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        Guard.Columns(columns, intercept);
        var length = (long)rows * columns;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Array.MaxLength, nameof(rows));
        var parameters = columns + (intercept ? 1 : 0);
        using var memory = new NativeFloats(checked((nint)length + (2 * (nint)rows) + (2 * (nint)parameters)));
        memory.Start.Clear((nint)length + (2 * (nint)rows) + (2 * (nint)parameters));
        var values = memory.Start.Span((int)length);
        var targets = memory.Start.At((nint)length).Span(rows);
        var means = memory.Start.At((nint)length + rows).Span(rows);
        var weights = memory.Start.At((nint)length + (2 * (nint)rows)).Span(parameters);
        var gradient = memory.Start.At((nint)length + (2 * (nint)rows) + parameters).Span(parameters);
        var x = new DesignMatrix(values, rows, columns, columns, intercept);
        var calls = Math.Clamp(FloatsOfAll / Math.Max(length, 1), 2, MostCalls);
        for (var i = 0; i < calls; i++)
        {
            if (rows > 0)
                Predict(x.Row(0), weights, intercept);
            Predict(x, weights, means);
            Loss(x, targets, weights);
            Gradient(x, targets, weights, gradient);
            Step(x, targets, weights, learningRate: 0f);
        }
    }
}
