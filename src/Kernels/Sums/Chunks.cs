using System.Numerics;

namespace Kernels.Sums;

/// <summary>How the slices of a pass are shared out to threads: in chunks of 2ᵏ neighbouring slices, so that each chunk's sum is a node
/// of the tree.</summary>
/// <remarks>
/// A matter of speed and memory alone: a node is a node whoever computed it. At most <see cref="Most"/> chunks, enough to level out
/// threads of uneven speed, few enough that their sums (8 bytes a weight and a chunk) are small beside X.
/// </remarks>
internal readonly struct Chunks
{
    internal const int Most = 64;

    internal Chunks(int rows, int most = Most)
    {
        var slices = (rows + (Contract.SliceRows - 1L)) / Contract.SliceRows;
        var slicesPerChunk = (int)BitOperations.RoundUpToPowerOf2((uint)((slices + most - 1) / most));
        Rows = Contract.SliceRows * slicesPerChunk;
        Count = (int)((slices + slicesPerChunk - 1) / slicesPerChunk);
        AllRows = rows;
    }

    internal int Count { get; }

    /// <summary>Rows of every chunk but the last.</summary>
    internal int Rows { get; }

    private int AllRows { get; }

    internal nint FirstRow(int chunk) => (nint)chunk * Rows;

    internal int RowsOf(int chunk) => (int)Math.Min(Rows, AllRows - FirstRow(chunk));
}
