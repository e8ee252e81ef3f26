namespace Kernels;

/// <summary>What becomes of a row that contains NaN: in its features, its target, its weight or its offset.</summary>
public enum RowsWithNaN
{
    /// <summary>NaN comes out: in the loss, in the gradient, and a step is not applied.</summary>
    Propagate,

    /// <summary>The row is left out, as if its weight were 0, and counted. An infinity is not NaN, and comes out as it would
    /// otherwise.</summary>
    Skip,
}
