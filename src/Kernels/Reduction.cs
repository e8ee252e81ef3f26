namespace Kernels;

/// <summary>How the rows' losses, and with them their gradients, make one.</summary>
public enum Reduction
{
    /// <summary>J is the sum over the rows, the negative log-likelihood.</summary>
    Sum,

    /// <summary>J is the sum divided by the number of rows; 0 for no rows. The division is done in float64, once.</summary>
    Mean,
}
