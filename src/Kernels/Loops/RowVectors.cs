namespace Kernels.Loops;

/// <summary>How many vectors of sixteen columns a row takes: a constant for the compiler.</summary>
internal interface IRowVectors;

internal readonly struct One : IRowVectors;

internal readonly struct Two : IRowVectors;

internal readonly struct Three : IRowVectors;

internal readonly struct Four : IRowVectors;

/// <summary>What the last vector of a row is: a constant for the compiler.</summary>
internal interface ITail;

/// <summary>As whole as the others.</summary>
internal readonly struct NoTail : ITail;

/// <summary>Some of sixteen columns, or none.</summary>
internal readonly struct PartialTail : ITail;
