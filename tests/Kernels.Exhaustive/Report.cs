using System.Globalization;
using System.Text;

namespace Kernels.Exhaustive;

/// <summary>ACCURACY.md.</summary>
internal static class Report
{
    internal const string Command = "dotnet run -c Release --project tests/Kernels.Exhaustive -- --out src/Kernels/Contract/ACCURACY.md";

    internal static string Of(IReadOnlyList<(ElementwiseFunction Function, SweepResult Result)> results, IReadOnlyList<Width> widths)
    {
        var text = new StringBuilder();
        var all = string.Join(", ", widths.Select(w => w.Name));
        text.Append(CultureInfo.InvariantCulture, $"""
            # Accuracy

            Every one of the 2³² floats was given to every function, on {all}: the values were the same
            bits on all of them. Written by

                {Command}

            Errors are in ulp of the exact value; a subnormal value's ulp is 2⁻¹⁴⁹. *Bound* is what the library promises and
            the tests assert on every 127th float and around every boundary; *largest* is what the run over all floats found.
            Sigmoid is 0 by contract for x < −87.3365402, where the exact value is below the smallest normal float, 2⁻¹²⁶; the table
            takes 0 for exact there. Sigmoid and Exp promise never to descend; Softplus does not (it is computed from the rounded sigmoid).
            The exact values are computed in double with a relative error below 2⁻⁵⁰, which is 2⁻²⁶ ulp of a float.

            | function | inputs | bound | largest | at | correctly rounded | descents | out of range | NaN swallowed | f(x) + f(−x) ≠ 1 |
            |---|---|---|---|---|---|---|---|---|---|

            """);
        foreach (var (function, result) in results)
        {
            var numbers = result.Histogram.Sum();
            text.AppendLine(CultureInfo.InvariantCulture,
                $"| {function.Name} | {result.Inputs:N0} | {function.Bound:F1} | {result.Worst:F4} | {result.WorstInput:R} | "
                    + $"{(double)result.Histogram[0] / numbers:P2} | {result.Descents} | {result.OutOfRange} | {result.NaNSwallowed} | "
                    + $"{(function.IsReflected ? result.NotReflected : "–")} |");
        }

        text.Append("\n## Histogram\n\nInputs (NaN aside) by error in ulp.\n\n| error up to |");
        foreach (var (function, _) in results)
            text.Append(CultureInfo.InvariantCulture, $" {function.Name} |");
        text.Append("\n|---|");
        text.Insert(text.Length, "---|", results.Count);
        for (var bin = 0; bin <= SweepResult.Bins.Count; bin++)
        {
            text.Append(CultureInfo.InvariantCulture,
                $"\n| {(bin < SweepResult.Bins.Count ? SweepResult.Bins[bin].ToString("F2", CultureInfo.InvariantCulture) : "more")} |");
            foreach (var (_, result) in results)
                text.Append(CultureInfo.InvariantCulture, $" {result.Histogram[bin]:N0} |");
        }

        text.Append('\n');
        return text.ToString();
    }
}
