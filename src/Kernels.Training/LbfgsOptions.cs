namespace Kernels.Training;

/// <summary>How <see cref="Lbfgs"/> models the curvature and when it stops.</summary>
public sealed record LbfgsOptions : TrainingOptions
{
    /// <summary>Steps whose curvature is remembered, 1 or more; each takes two float64 a weight.</summary>
    public int Memory { get; init; } = 10;

    internal override void Validate()
    {
        base.Validate();
        ArgumentOutOfRangeException.ThrowIfLessThan(Memory, 1);
    }
}
