using Kernels.Loops;

namespace Kernels.Rows;

/// <summary>What a plan is for.</summary>
internal enum Question
{
    /// <summary>Margins, X read once.</summary>
    Margins,

    /// <summary>Margins and gradient, X read twice.</summary>
    Gradient,
}
