namespace Kernels.Rows;

/// <summary>How many rows the gradient's share is behind the margins, in as much as the loop over them depends on it: a constant for the compiler.</summary>
internal interface ILag
{
    /// <summary>Whether it is eight: fewer than the link takes at once.</summary>
    static abstract bool IsEight { get; }
}

internal readonly struct EightRows : ILag
{
    public static bool IsEight => true;
}

internal readonly struct MoreRows : ILag
{
    public static bool IsEight => false;
}
