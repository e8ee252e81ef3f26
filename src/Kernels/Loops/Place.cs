namespace Kernels.Loops;

/// <summary>A row's place in its group: a constant for the compiler.</summary>
internal interface IPlace;

/// <summary>The partial sum begins.</summary>
internal readonly struct FirstOfGroup : IPlace;

/// <summary>It goes on.</summary>
internal readonly struct MiddleOfGroup : IPlace;

/// <summary>It goes to the gradient.</summary>
internal readonly struct LastOfGroup : IPlace;
