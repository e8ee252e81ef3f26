using Kernels.Lanes;

namespace Kernels.Rows;

/// <summary>Where the parts of a pass for the Hessian lie in its memory, counted in floats; every part starts with a line.</summary>
/// <remarks>In float64 a panel is as many rows as stay in the L2 cache twice, as V and as Q, and changes no bit; in float32 it is
/// <see cref="Contract.PanelRows"/>, which does.</remarks>
internal readonly struct PanelLayout
{
    private const int LeastRows = 16;

    /// <summary>128 KiB for V, as much for Q, and for rows that are asked for ahead.</summary>
    internal const int PanelFloats = 1 << 15;

    // Rows of C that the last tile writes beyond the residuals' row.
    private const int SpareRows = 8;

    internal PanelLayout(int columns, int parameters, int elementFloats)
    {
        (Columns, Parameters, ElementFloats) = (columns, parameters, elementFloats);
        var vector = Lane.Count / elementFloats;

        // Q has a column more, for the residuals, and is read up to eight columns at a time. An odd number of lines from row to row keeps
        // rows from the same sets of a cache.
        Elements = RoundUp(parameters, vector);
        Width = Elements * elementFloats;
        Stride = RoundUp((nint)parameters + 1 + SpareRows, vector) * elementFloats;
        if (Stride / Lane.Count % 2 == 0)
            Stride += Lane.Count;
        Rows = elementFloats == 1
            ? Contract.PanelRows
            : (int)Math.Clamp(PanelFloats / Stride & -Lane.DoubleCount, LeastRows, Contract.PanelRows);
        Weights = 0;
        Centers = Weights + Stride;
        SingleCenters = Centers + (2 * Stride);
        Sums = SingleCenters + Stride;
        Products = Sums + (4 * Lane.Count);
        ProductFloats = ((nint)parameters + 1 + SpareRows) * Width;
        Open = Products + ProductFloats;
        Values = elementFloats == 1 ? Open + ProductFloats : Open;
        Scaled = Values + (Rows * Stride);
        Margins = Scaled + (Rows * Stride);
        Floats = checked(Margins + (10 * Rows));
    }

    internal int Columns { get; }

    /// <summary>p: the columns, and one for the intercept.</summary>
    internal int Parameters { get; }

    /// <summary>Floats of an element of V, Q and C: 1, or 2 for float64.</summary>
    internal int ElementFloats { get; }

    /// <summary>Columns of V, in whole tiles.</summary>
    internal nint Elements { get; }

    /// <summary>Floats from one row of C to the next.</summary>
    internal nint Width { get; }

    /// <summary>Floats from one row of the panel to the next.</summary>
    internal nint Stride { get; }

    /// <summary>Rows of a panel.</summary>
    internal int Rows { get; }

    /// <summary>w, as elements.</summary>
    internal nint Weights { get; }

    /// <summary>The centres as float64.</summary>
    internal nint Centers { get; }

    /// <summary>The same as float32.</summary>
    internal nint SingleCenters { get; }

    /// <summary>Whether float32 holds all of the centres.</summary>
    internal bool AreCentersSingle { get; init; }

    /// <summary>Loss, deviance and weight of the slice so far, eight lanes each.</summary>
    internal nint Sums { get; }

    /// <summary>C: the lower triangle of XᵀDX, and Xᵀr as its last row.</summary>
    internal nint Products { get; }

    /// <summary>Floats of C.</summary>
    internal nint ProductFloats { get; }

    /// <summary>In float32 the chains of a panel that goes on in another call; as large as C.</summary>
    internal nint Open { get; }

    /// <summary>V: the centred rows.</summary>
    internal nint Values { get; }

    /// <summary>Q: D·V, and r as the last column.</summary>
    internal nint Scaled { get; }

    /// <summary>z, y, s, D and r, a row each, float64.</summary>
    internal nint Margins { get; }

    internal nint Floats { get; }

    private static nint RoundUp(nint count, int to) => checked(count + (to - 1)) & ~(nint)(to - 1);
}
