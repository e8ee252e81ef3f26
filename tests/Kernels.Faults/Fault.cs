namespace Kernels.Faults;

/// <summary>A fault to plant: what would be a plausible mistake, in a place where it changes a result or a guarantee.</summary>
/// <param name="File">Under src/Kernels.</param>
/// <param name="Old">Text that is there once.</param>
/// <param name="New">What stands there instead.</param>
/// <param name="Tests">The classes of which one at least must fail.</param>
/// <param name="Leg">The runtime's setting that the path needs; null where every process has it.</param>
internal sealed record Fault(string File, string Old, string New, string[] Tests, string? Leg = null)
{
    private const string NoFma = "EnableAVX2=0";
    private static readonly string[] Bits = ["SameBitsTests"];
    private static readonly string[] Memory = ["GuardPageTests"];

    internal static IReadOnlyList<Fault> All { get; } =
    [
        // Sums.
        new("Contract/Contract.cs", "SliceRows = 1024", "SliceRows = 512", Bits),
        new("Contract/Contract.cs", "OneChainColumns = 256", "OneChainColumns = 240", Bits),
        new("Loops/Row.cs", "TLanes.LoadFirst(w.At(j), tail), a) : a;", "TLanes.LoadFirst(w.At(j), tail - 1), a) : a;", Bits),
        new("Loops/Row.cs", "TLanes.Fold16(half, eight)", "TLanes.Fold16(eight, half)", Bits),
        new("Loops/AnyRows.cs", "TLanes.StoreFirst(c, open.Partial.At(j), tail);", "{ }", ["AccumulatorTests"]),
        new("Rows/FewRows.cs", "TLanes.Fold16(eight, TLanes.Zero)", "TLanes.Fold16(TLanes.Zero, eight)", Bits),
        new("Rows/OneRow.cs", "gradient[columns] = 0f + r;", "gradient[columns] = r;", ["OneValueTests"]),
        new("Rows/MarginShift.cs", "TLanes.Add(TLanes.Load(at), b)", "TLanes.Add(TLanes.Load(at), TLanes.Add(b, b))", Bits),
        new("Sums/SliceTree.cs", "_rows <= Contract.SliceRows;", "_rows <= 2 * Contract.SliceRows;", Bits),

        // Links.
        new("Links/SigmoidTail.cs", "0.0013821366f", "0.0013921366f", ["AccuracyTests", "SameBitsTests"]),
        new("Links/SigmoidTail.cs", "LastNormal = 87.3365402f", "LastNormal = 88f", ["AccuracyTests", "ElementwiseTests"]),
        new("Links/Logit.cs", "TLanes.NegateMultiplyAdd(s, s, s);", "TLanes.MultiplyAdd(s, s, s);", ["HessianTests"]),
        new("Links/LossBatch.cs", "TLanes.WhereNotZero(a, b)", "b", ["NonFiniteTests"]),
        new("Links/Log.cs", "TLanes.SelectLessThan(largest, a, largest, a)", "TLanes.SelectLessThan(a, largest, a, largest)",
            ["NonFiniteTests", "AccuracyTests", "ElementwiseTests"]),
        new("Links/Curvature.cs", "RowTargets.Ones", "RowTargets.MarginsAlongDirection", ["HessianTests", "SameBitsTests"]),

        // Rows that are left out, and steps that are not taken.
        new("Rows/RowMask.cs", "row < 64 ? _low >> row", "row < 64 ? _low >> (row & 31)", ["ObservationsTests"]),
        new("Rows/RowSelection.cs", "return TLanes.Fold(bad) == 0f;", "return TLanes.Fold(bad) <= 1f || true;", ["ObservationsTests"]),
        new("Passes/StepPass.cs", "if (counts.Applied)", "if (counts.Applied || true)", ["NonFiniteTests"]),

        // Memory.
        new("Lanes/Lanes512.cs", "Avx512F.MaskLoad(source.Pointer, First(count), Vector512<float>.Zero)",
            "Vector512.Load(source.Pointer) & First(count)", Memory),
        new("Lanes/Lanes256.cs", "Avx.MaskLoad(source.Pointer + 8, First(count - 8))",
            "Vector256.Load(source.Pointer + 8) & First(count - 8)", Memory),
        new("Lanes/ScalarLanes.cs", "half > 0; half /= 2", "half > 1; half /= 2", Bits),
        new("Guard.cs", "NoOverlap(gradient, y, nameof(y));", "", ["ArgumentTests", "OverlapTests"]),
        new("Guard.cs", "if (weights.Length != x.Parameters)", "if (weights.Length < x.Parameters)", ["ArgumentTests"]),

        // Without fused multiply-add hardware.
        new("Lanes/Lanes128.Software.cs", "isSmall | Vector128.Equals", "Vector128.Equals", ["SoftwareMultiplyAddTests"]),
        new("Lanes/Lanes128.Software.cs", "product - (sum - part)", "product - sum - part", ["SoftwareMultiplyAddTests", "SameBitsTests"],
            NoFma),

        // The panel of a Hessian.
        new("Rows/ProductPanel.cs", "TLanes.Subtract(row, TLanes.Load(centers.At(j)))", "row", ["SecondOrderTests"]),
        new("Rows/ProductPanel.cs", "? _layout.SingleCenters : _layout.Centers", "? _layout.Weights : _layout.Centers",
            ["SecondOrderTests"]),
        new("Rows/ProductPanel.cs", "                Clear(lane + i);", "                Clear(i);",
            ["SecondOrderTests", "HessianBytesTests"]),
        new("Rows/ProductPanel.cs", "q[parameters] = (float)r.Double(i);", "q[parameters] = (float)d.Double(i);", ["SecondOrderTests"]),
        new("Rows/ProductPanel.Tiles.cs", "(TShape.Vectors - 1) * Lane.Count) < end", "(TShape.Vectors - 1) * 0) < end",
            ["SecondOrderTests"]),
        new("Sums/HessianMemory.cs", "areSingle &= single[j] == centers[j];", "areSingle |= single[j] == centers[j];",
            ["SecondOrderTests"]),

        // Threads and pieces.
        new("Sums/WaveColumns.cs", "_gradient.CopyTo(gradient.At(_first), _o.Parameters);", "_gradient.CopyTo(gradient, _o.Parameters);",
            ["ThreadTeamTests"]),
        new("Passes/Call.Sums.cs", "(int)Math.Min(chunkRows, rows - first)", "(int)Math.Min(chunkRows, rows - first - 1)", ["ChunkTests"]),
        new("GradientAccumulator.cs", "if (next.FirstRow != border)", "if (next.FirstRow < border)", ["AccumulatorTests"]),
        new("GradientAccumulator.cs", "SkippedRows += next.SkippedRows;", "", ["AccumulatorTests"]),
    ];
}
