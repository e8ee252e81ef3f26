using Kernels.Rows;

namespace Kernels.Rows.Plans;

/// <summary>Which table a processor has.</summary>
internal static class PlanTable
{
    internal static PlanRow[] Of(Processor processor, Registers registers) => registers == Registers.Few
        ? processor == Processor.Zen5 ? SixteenRegisters.WithPrefetch : SixteenRegisters.Rows
        : processor switch
        {
            Processor.Zen5 => Zen5.Rows,
            Processor.EmeraldRapids => EmeraldRapids.Rows,
            _ => Zen4.Rows, // what was measured first; its loops need nothing of the others
        };
}
