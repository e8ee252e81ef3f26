using Kernels.Lanes;
using Kernels.Rows;

namespace Kernels.Bench.Roofline;

/// <summary>Another table of plans in the place of the processor's, for this process.</summary>
internal static class ForcedPlan
{
    /// <summary>One plan, as text, for all shapes of a run.</summary>
    internal static void Use(string text, IReadOnlyList<Shape> shapes)
    {
        if (!RowPlan.TryParse(text, out var plan))
            throw new FormatException($"'{text}' is no plan; one is {RowPlan.OfAnyRows}.");
        foreach (var shape in shapes.Where(shape => !plan.IsLegalFor(shape.Columns)))
            throw new FormatException($"There is no loop for {shape} by {plan}.");
        Use(plan, shapes.Select(shape => shape.Columns));
    }

    /// <summary>The plan for rows of so many columns; any other rows, those of warming up, go one by one.</summary>
    internal static void Use(RowPlan plan, IEnumerable<int> columns) => Use(
    [
        .. from question in Enum.GetValues<Question>()
           from level in Enum.GetValues<Level>()
           from line in columns.Distinct().Order()
               .SelectMany(n => new (int Most, RowPlan Plan)[] { (n - 1, RowPlan.OfAnyRows), (n, plan) })
               .Append((int.MaxValue, RowPlan.OfAnyRows))
           select new PlanRow(question, level, line.Item1, When.Always, line.Item2),
    ]);

    /// <summary>A table.</summary>
    internal static void Use(PlanRow[] table)
    {
        switch (Simd.Width)
        {
            case SimdWidth.Vector512:
                Planner<Lanes512>.Use(table);
                break;
            case SimdWidth.Vector256:
                Planner<Lanes256>.Use(table);
                break;
            case SimdWidth.Vector128:
                Planner<Lanes128>.Use(table);
                break;
            default:
                Planner<ScalarLanes>.Use(table);
                break;
        }
    }
}
