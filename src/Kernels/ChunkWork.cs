namespace Kernels;

/// <summary>What is done with some rows of a larger view.</summary>
/// <param name="rows">The rows; valid until the call returns.</param>
/// <param name="firstRow">The number of the first of them in the view.</param>
public delegate void ChunkWork(in Observations rows, int firstRow);
