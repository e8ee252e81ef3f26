namespace Kernels.Loops;

/// <summary>Rows side by side in a tile: a constant for the compiler.</summary>
internal interface ITileRows;

/// <summary>One group of rows.</summary>
internal readonly struct FourRows : ITileRows;

/// <summary>Two groups. Their margins have one chain a row: sixteen registers hold four accumulators, thirty-two hold eight or
/// sixteen.</summary>
internal readonly struct EightRows : ITileRows;
