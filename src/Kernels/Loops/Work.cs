namespace Kernels.Loops;

/// <summary>What a loop computes: a constant for the compiler, asked by typeof (README.md, the first law).</summary>
internal interface IWork;

/// <summary>z = X·w.</summary>
internal readonly struct Margins : IWork;

/// <summary>g += Xᵀr.</summary>
internal readonly struct Gradient : IWork;

/// <summary>Both in one loop over the columns: the margins of some rows, the gradient's share of rows before them.</summary>
internal readonly struct Both : IWork;
