using Kernels.Lanes;

namespace Kernels.Loops;

/// <summary>What a loop reads and writes beside X.</summary>
internal struct Vectors
{
    /// <summary>A weight a column.</summary>
    internal Floats Weights;

    /// <summary>The <see cref="Ring"/> of residuals.</summary>
    internal Floats Residuals;

    /// <summary>A sum a column.</summary>
    internal Floats Gradient;

    /// <summary>Rows that the gradient is behind the margins, where one loop does both: the distance of the software pipeline.</summary>
    internal int Lag;
}
