using System.Runtime.CompilerServices;
using Kernels.Lanes;
using Kernels.Rows.Plans;

namespace Kernels.Rows;

/// <summary>Chooses the plan of a call: once, by the shape and the machine, out of the table of its processor.</summary>
internal static class Planner<TLanes>
    where TLanes : struct, ILanes<TLanes>
{
    // Levels of a question.
    private const int Levels = 3;

    private static PlanRow[] s_table = PlanTable.Of(Machine.Processor, TLanes.ManyRegisters ? Registers.Many : Registers.Few);

    // The first line of each question and level.
    private static int[] s_first = FirstLines(s_table);

    /// <summary>Another table in the place of the processor's: for measurements.</summary>
    internal static void Use(PlanRow[] table) => (s_table, s_first) = (table, FirstLines(table));

    /// <summary>The plan for all rows of a call, of which a pass may get some.</summary>
    internal static RowPlan For(Question question, in Shape shape)
    {
        var plan = LineFor(question, shape).For(shape.Rows, shape.Columns);
        return plan.Prefetch == 0 || shape.IsDense ? plan : plan.WithoutPrefetch();
    }

    /// <summary>The line of the table that it is from.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ref readonly PlanRow LineFor(Question question, in Shape shape)
    {
        // The last line of each question and level admits all shapes.
        var level = Machine.LevelOf((long)shape.Rows * shape.Columns * sizeof(float));
        var (table, i) = (s_table, s_first[((int)question * Levels) + (int)level]);
        while (shape.Columns > table[i].Columns || (table[i].When != When.Always && !shape.Is(table[i].When)))
            i++;
        return ref table[i];
    }

    // By hand: a query would be compiled in every process before its first call.
    private static int[] FirstLines(PlanRow[] table)
    {
        var first = new int[2 * Levels];
        for (var i = table.Length - 1; i >= 0; i--)
            first[((int)table[i].Question * Levels) + (int)table[i].Level] = i;
        return first;
    }
}

/// <summary>How many vector registers a width has.</summary>
internal enum Registers
{
    /// <summary>Sixteen.</summary>
    Few,

    /// <summary>Thirty-two.</summary>
    Many,
}
