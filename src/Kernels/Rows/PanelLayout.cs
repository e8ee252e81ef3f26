using Kernels.Lanes;

namespace Kernels.Rows;

/// <summary>Where the parts of a float64 pass lie in its memory, counted in float64; every part starts with a line.</summary>
/// <remarks>A panel is as many rows as stay in the L2 cache twice, as V and as Q; its size changes no bit.</remarks>
internal readonly struct PanelLayout
{
    private const int MostRows = 64;
    private const int LeastRows = 16;

    // 128 KiB for each of the two.
    private const int PanelDoubles = 1 << 14;

    internal PanelLayout(int columns, int parameters)
    {
        (Columns, Parameters) = (columns, parameters);
        Width = Lane.RoundUpDouble(parameters);

        // X is widened sixteen at a time; Q has a column more, for the residuals. The last line keeps rows from the same sets of a cache.
        Stride = Lane.RoundUp((nint)parameters + 1) + Lane.DoubleCount;
        Rows = (int)Math.Clamp(PanelDoubles / Stride & -Lane.DoubleCount, LeastRows, MostRows);
        Weights = 0;
        Centers = Weights + Stride;
        Sums = Centers + Stride;
        Products = Sums + (4 * Lane.DoubleCount);
        Values = Products + (Lane.RoundUpDouble((nint)parameters + 1) * Width);
        Scaled = Values + (Rows * Stride);
        Margins = Scaled + (Rows * Stride);
        Doubles = checked(Margins + (5 * Rows));
    }

    internal int Columns { get; }

    /// <summary>p: the columns, and one for the intercept.</summary>
    internal int Parameters { get; }

    /// <summary>float64 from one row of C to the next.</summary>
    internal nint Width { get; }

    /// <summary>float64 from one row of the panel to the next.</summary>
    internal nint Stride { get; }

    /// <summary>Rows of a panel.</summary>
    internal int Rows { get; }

    /// <summary>w and the centres.</summary>
    internal nint Weights { get; }

    internal nint Centers { get; }

    /// <summary>Loss, deviance and weight of the slice so far, eight lanes each.</summary>
    internal nint Sums { get; }

    /// <summary>C: the lower triangle of XᵀDX, and Xᵀr as its last row.</summary>
    internal nint Products { get; }

    /// <summary>V: the centred rows.</summary>
    internal nint Values { get; }

    /// <summary>Q: D·V, and r as the last column.</summary>
    internal nint Scaled { get; }

    /// <summary>z, y, s, D and r, a row each.</summary>
    internal nint Margins { get; }

    internal nint Doubles { get; }
}
