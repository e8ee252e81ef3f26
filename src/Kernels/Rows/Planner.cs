using Kernels.Lanes;
using Kernels.Rows.Plans;

namespace Kernels.Rows;

/// <summary>Chooses the plan of a call: once, by the shape and the machine, out of the table of its processor.</summary>
internal static class Planner<TLanes>
    where TLanes : struct, ILanes<TLanes>
{
    // The lines of a level, one after the other for the levels of a question.
    private static PlanRow[][] s_lines = ByLevel(PlanTable.Of(Machine.Processor, TLanes.ManyRegisters ? Registers.Many : Registers.Few));

    /// <summary>Another table in the place of the processor's: for measurements.</summary>
    internal static void Use(PlanRow[] table) => s_lines = ByLevel(table);

    /// <summary>The plan for all rows of a call, of which a pass may get some.</summary>
    internal static RowPlan For(Question question, in Shape shape)
    {
        var level = Machine.LevelOf((long)shape.Rows * shape.Columns * sizeof(float));
        foreach (ref readonly var line in s_lines[((int)question * 3) + (int)level].AsSpan())
        {
            if (shape.Columns <= line.Columns && (line.When == When.Always || shape.Is(line.When)))
                return shape.IsDense || line.Plan.Prefetch == 0
                    ? line.For(shape.Rows, shape.Columns)
                    : line.For(shape.Columns).WithoutPrefetch();
        }

        return RowPlan.OfAnyRows;
    }

    private static PlanRow[][] ByLevel(PlanRow[] table) =>
        [.. from question in Enum.GetValues<Question>(
            ) from level in Enum.GetValues<Level>() select table.Where(line => line.Question == question && line.Level == level).ToArray()];
}

/// <summary>How many vector registers a width has.</summary>
internal enum Registers
{
    /// <summary>Sixteen.</summary>
    Few,

    /// <summary>Thirty-two.</summary>
    Many,
}
