using Kernels.Lanes;

namespace Kernels.Links;

/// <summary>
/// The canonical link of a generalised linear model: how the margin z = x·w becomes the mean μ, the residual
/// r = μ − y and the row's negative log-likelihood.
/// </summary>
/// <remarks>
/// With the canonical link the derivative of a row's loss with respect to its margin is μ − y for every model
/// (McCullagh and Nelder, Generalized Linear Models, 2nd ed., §2.2.4): that is why one pass serves them all.
/// Implemented by <see cref="Logit"/>, <see cref="Identity"/> and <see cref="Log"/> only.
/// </remarks>
public interface ILink
{
    /// <summary>The supremum of μ′(z): 1/4 for logit, 1 for identity, +∞ for log.</summary>
    static abstract double CurvatureBound { get; }

    /// <summary>The residual μ(z) − y in double, and how far the float residual may be from it.</summary>
    /// <param name="z">The exact margin.</param>
    /// <param name="y">The target.</param>
    /// <param name="marginError">A bound on the error of the float margin.</param>
    internal static abstract (double Residual, double Error) ResidualBound(double z, float y, double marginError);

    /// <summary>Whether the loss is gathered in batches and has a part that is the logarithm of a product over the rows.</summary>
    internal static abstract bool HasLogPart { get; }

    /// <summary>Whether rows have weights, and what the targets of a pass are; constants for the compiler.</summary>
    internal static virtual bool HasSampleWeights => false;

    /// <inheritdoc cref="RowTargets"/>
    internal static virtual RowTargets Targets => RowTargets.Given;

    /// <summary>A margin that with the target 0 gives the residual 0 and adds exactly nothing to the loss: what fills the lanes that have
    /// no row.</summary>
    internal static abstract float NeutralMargin { get; }

    /// <summary>μ for sixteen margins.</summary>
    internal static abstract TLanes Mean<TLanes>(TLanes z)
        where TLanes : struct, IArithmetic<TLanes>;

    /// <summary>μ′(z) for sixteen margins: the variance function of the model at μ(z), 0 where <see cref="Mean"/> is
    /// constant.</summary>
    internal static abstract TLanes MeanDerivative<TLanes>(TLanes z)
        where TLanes : struct, IArithmetic<TLanes>;

    /// <summary>r = μ − y for sixteen rows; their loss is added to the batch or to the sum.</summary>
    /// <remarks>Only <see cref="Weighted{TLink}"/> looks at the sample weights.</remarks>
    internal static abstract TLanes Residual<TLanes>(
        TLanes z, TLanes y, TLanes sampleWeights, ref LossBatch<TLanes> batch, ref LossSum<TLanes> sum)
        where TLanes : struct, ILanes<TLanes>;

    /// <summary>r = μ − y for sixteen rows, and the loss of each in float64: rows 0–7, then rows 8–15.</summary>
    internal static abstract TLanes ResidualAndLosses<TLanes>(TLanes z, TLanes y, out TLanes lower, out TLanes upper)
        where TLanes : struct, ILanes<TLanes>;

    /// <summary>Residual, μ′, loss and deviance of eight rows whose margins and targets are float64.</summary>
    internal static virtual DoubleRows<TLanes> InDouble<TLanes>(TLanes z, TLanes y)
        where TLanes : struct, ILanes<TLanes> => throw new NotSupportedException();

    /// <summary>The residual and μ′, and how far those of <see cref="InDouble"/> may be from them.</summary>
    /// <param name="z">The exact margin.</param>
    /// <param name="y">The target.</param>
    /// <param name="marginError">A bound on the error of the margin that is computed.</param>
    internal static virtual RowBound BoundInDouble(double z, double y, double marginError) => throw new NotSupportedException();
}
