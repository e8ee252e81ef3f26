namespace Kernels.Loops;

/// <summary>How many sixteen-lane vectors a row takes, and whether the last one is whole: constants for the compiler.</summary>
internal interface IRowVectors
{
    static abstract int Count { get; }

    static abstract bool Whole { get; }
}

internal readonly struct One : IRowVectors
{
    public static int Count => 1;

    public static bool Whole => false;
}

internal readonly struct Two : IRowVectors
{
    public static int Count => 2;

    public static bool Whole => false;
}

internal readonly struct Three : IRowVectors
{
    public static int Count => 3;

    public static bool Whole => false;
}

internal readonly struct Four : IRowVectors
{
    public static int Count => 4;

    public static bool Whole => false;
}

internal readonly struct Whole<TVectors> : IRowVectors
    where TVectors : struct, IRowVectors
{
    public static int Count => TVectors.Count;

    static bool IRowVectors.Whole => true;
}
