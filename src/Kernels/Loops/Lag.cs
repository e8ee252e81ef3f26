namespace Kernels.Loops;

/// <summary>The lag of a software pipeline, in as much as its loop depends on it: a constant for the compiler.</summary>
internal interface ILag;

/// <summary>The share is behind by fewer rows than the link takes at once: residuals are wanted before sixteen rows are there.</summary>
internal readonly struct FewerThanSixteen : ILag;

/// <summary>It is behind by sixteen or more, or there is none.</summary>
internal readonly struct SixteenOrMore : ILag;
