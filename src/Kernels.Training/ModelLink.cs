namespace Kernels.Training;

/// <summary>A link as a model file names it.</summary>
public enum ModelLink
{
    /// <summary>Logistic regression.</summary>
    Logit,

    /// <summary>Linear regression.</summary>
    Identity,

    /// <summary>Poisson regression.</summary>
    Log,
}
