using Kernels.Training;

namespace Kernels.Tests.Support;

/// <summary>Some of the rows of a problem.</summary>
internal sealed class ProblemRows(WeightedProblem p, int first, int rows) : ObservationBlocks
{
    public override long Rows => rows;

    public override int Columns => p.P.Columns;

    public override bool HasIntercept => p.P.HasIntercept;

    public override Observations Read(long start, int most) => p.SkippingData.Slice(first + (int)start, Math.Min(most, rows - (int)start));
}
