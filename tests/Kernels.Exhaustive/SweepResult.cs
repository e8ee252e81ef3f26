namespace Kernels.Exhaustive;

/// <summary>What a sweep over inputs found.</summary>
public sealed class SweepResult
{
    /// <summary>Upper ends of the histogram's bins, in ulp; the last bin is what exceeds them.</summary>
    public static IReadOnlyList<double> Bins { get; } = [0.5, 0.55, 0.6, 0.7, 0.8, 0.9, 1.0, 1.25, 1.5, 2.0];

    public long Inputs { get; set; }

    /// <summary>The largest error in ulp.</summary>
    public double Worst { get; private set; }

    public float WorstInput { get; private set; } = float.NaN;

    /// <summary>Inputs by error; <see cref="Bins"/>.Count + 1 numbers.</summary>
    public long[] Histogram { get; } = new long[Bins.Count + 1];

    /// <summary>Neighbouring inputs whose values descend.</summary>
    public long Descents { get; set; }

    /// <summary>Values outside the function's range, or NaN for a number.</summary>
    public long OutOfRange { get; set; }

    /// <summary>NaN inputs that gave a number.</summary>
    public long NaNSwallowed { get; set; }

    /// <summary>Inputs with f(x) + f(−x) ≠ 1.</summary>
    public long NotReflected { get; set; }

    /// <summary>Values of another width that differ in a bit (NaN aside).</summary>
    public long WidthMismatches { get; set; }

    public void AddError(double ulp, float input)
    {
        var bin = 0;
        while (bin < Bins.Count && ulp > Bins[bin])
            bin++;
        Histogram[bin]++;
        if (ulp > Worst)
            (Worst, WorstInput) = (ulp, input);
    }

    public void Merge(SweepResult other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Inputs += other.Inputs;
        Descents += other.Descents;
        OutOfRange += other.OutOfRange;
        NaNSwallowed += other.NaNSwallowed;
        NotReflected += other.NotReflected;
        WidthMismatches += other.WidthMismatches;
        for (var i = 0; i < Histogram.Length; i++)
            Histogram[i] += other.Histogram[i];

        // Of equal errors the smaller input, so that the result does not depend on the order of the threads.
        if (other.Worst > Worst || (other.Worst == Worst && other.WorstInput < WorstInput))
            (Worst, WorstInput) = (other.Worst, other.WorstInput);
    }

    /// <summary>Every promise that did not hold; empty when all did.</summary>
    public IEnumerable<string> Violations(ElementwiseFunction function)
    {
        ArgumentNullException.ThrowIfNull(function);
        if (!(Worst <= function.Bound))
            yield return $"{function.Name}: {Worst:F4} ulp at {WorstInput:R} exceeds {function.Bound}";
        if (function.IsMonotone && Descents != 0)
            yield return $"{function.Name}: descends {Descents} times";
        if (OutOfRange != 0)
            yield return $"{function.Name}: {OutOfRange} values out of range";
        if (NaNSwallowed != 0)
            yield return $"{function.Name}: {NaNSwallowed} NaN inputs gave a number";
        if (NotReflected != 0)
            yield return $"{function.Name}: f(x) + f(−x) is not 1 for {NotReflected} inputs";
        if (WidthMismatches != 0)
            yield return $"{function.Name}: {WidthMismatches} values differ between widths";
    }
}
