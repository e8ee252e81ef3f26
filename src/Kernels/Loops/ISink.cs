using Kernels.Lanes;

namespace Kernels.Loops;

/// <summary>Where a loop hands the margins x·w of its rows, so that the loop over the rows need not be left for it (README.md, the second
/// law).</summary>
internal interface ISink<TLanes>
    where TLanes : struct, ILanes<TLanes>
{
    /// <summary>The margins of sixteen rows, a lane each; where a loop ends within them, those of its rows.</summary>
    /// <param name="margins">The margins.</param>
    /// <param name="row">The number of the row in lane 0, a multiple of sixteen.</param>
    void Sixteen(TLanes margins, int row);

    /// <summary>The margins of a tile that does not complete sixteen rows, where the lag is <see cref="FewerThanSixteen"/>.</summary>
    /// <param name="margins">Its margins, in the first lanes.</param>
    /// <param name="row">The number of its first row.</param>
    /// <param name="count">Its rows.</param>
    void Early(TLanes margins, int row, int count);
}
