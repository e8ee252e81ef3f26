using Kernels.Rows;

namespace Kernels.Rows.Plans;

/// <summary>Which table a processor has.</summary>
internal static class PlanTable
{
    internal static PlanRow[] Of(Processor processor, Registers registers) => (processor, registers) switch
    {
        (Processor.Zen3, Registers.Few) => Zen3.Rows,
        (Processor.Zen5, Registers.Few) => SixteenRegisters.WithPrefetch,
        (_, Registers.Few) => SixteenRegisters.Rows,
        (Processor.Zen5, _) => Zen5.Rows,
        (Processor.EmeraldRapids, _) => EmeraldRapids.Rows,
        _ => Zen4.Rows, // what was measured first; its loops need nothing of the others
    };
}
