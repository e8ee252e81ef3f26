namespace Kernels.Exhaustive;

/// <summary>Evaluates a function on inputs in ascending order and checks every value.</summary>
public static class Sweep
{
    private const int Block = 2048;

    /// <summary>Checks the inputs with keys first, first + stride, … (see <see cref="FloatOrder"/>), count of them.</summary>
    /// <param name="function">The function and its promises.</param>
    /// <param name="widths">The widths to run; the first is measured, the others must equal it.</param>
    /// <param name="first">The first key.</param>
    /// <param name="count">How many inputs.</param>
    /// <param name="stride">The distance between two keys.</param>
    public static SweepResult Run(ElementwiseFunction function, IReadOnlyList<Width> widths, long first, long count, long stride = 1)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(widths);
        var result = new SweepResult();
        var (x, negated, y, other) = (new float[Block], new float[Block], new float[Block], new float[Block]);

        // The value before the first one, so that neighbouring sweeps meet.
        var previous = float.NaN;
        if (first >= stride)
        {
            x[0] = FloatOrder.At((uint)(first - stride));
            widths[0].Evaluate(function, x.AsSpan(0, 1), y);
            previous = y[0];
        }

        for (long done = 0; done < count; done += Block)
        {
            var n = (int)Math.Min(Block, count - done);
            for (var i = 0; i < n; i++)
            {
                x[i] = FloatOrder.At((uint)(first + ((done + i) * stride)));
                negated[i] = -x[i];
            }

            widths[0].Evaluate(function, x.AsSpan(0, n), y);
            previous = CheckValues(function, x.AsSpan(0, n), y, previous, result);
            if (function.IsReflected)
            {
                widths[0].Evaluate(function, negated.AsSpan(0, n), other);
                for (var i = 0; i < n; i++)
                    result.NotReflected += y[i] + other[i] == 1f || float.IsNaN(x[i]) ? 0 : 1;
            }

            for (var w = 1; w < widths.Count; w++)
            {
                widths[w].Evaluate(function, x.AsSpan(0, n), other);
                for (var i = 0; i < n; i++)
                {
                    if (BitConverter.SingleToInt32Bits(y[i]) != BitConverter.SingleToInt32Bits(other[i])
                        && !(float.IsNaN(y[i]) && float.IsNaN(other[i])))
                        result.WidthMismatches++;
                }
            }
        }

        result.Inputs = count;
        return result;
    }

    private static float CheckValues(ElementwiseFunction function, ReadOnlySpan<float> x, ReadOnlySpan<float> y, float previous,
        SweepResult result)
    {
        for (var i = 0; i < x.Length; i++)
        {
            if (float.IsNaN(x[i]))
            {
                result.NaNSwallowed += float.IsNaN(y[i]) ? 0 : 1;
                previous = float.NaN;
                continue;
            }

            if (!(y[i] >= function.Smallest && y[i] <= function.Largest))
                result.OutOfRange++;
            if (y[i] < previous)
                result.Descents++;
            previous = y[i];
            result.AddError(ErrorInUlp(y[i], function.Exact(x[i])), x[i]);
        }

        return previous;
    }

    /// <summary>|value − exact| in units of the last place of the exact value; 2⁻¹⁴⁹ where that is subnormal.</summary>
    public static double ErrorInUlp(float value, double exact)
    {
        // Beyond the largest float plus half an ulp, rounding to nearest gives ∞.
        const double Overflow = float.MaxValue + 1.01412048018258352e31;
        if (float.IsInfinity(value))
            return exact >= Overflow ? 0 : double.PositiveInfinity;
        if (exact >= Overflow)
            return double.PositiveInfinity;
        var exponent = (int)(BitConverter.DoubleToInt64Bits(exact) >> 52) - 1023;
        var ulp = BitConverter.Int64BitsToDouble((long)(Math.Max(exponent, -126) - 23 + 1023) << 52);
        return Math.Abs(value - exact) / ulp;
    }
}
