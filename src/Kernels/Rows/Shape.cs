using Kernels.Lanes;

namespace Kernels.Rows;

/// <summary>The shape of a call, and where its rows lie.</summary>
internal readonly record struct Shape(int Rows, int Columns, nint Stride, Floats X)
{
    /// <summary>Whether what comes after a row is the next one: a prefetch finds it.</summary>
    internal bool IsDense => Stride - Columns < Lane.Count;

    internal bool Is(When when) => when switch
    {
        When.WholeVectors => Columns % Lane.Count == 0,
        When.SameSets => Stride % Lane.Count == 0,
        When.Alike => Stride % (Lane.Count / 2) == 0,
        When.MidLine => Stride % Lane.Count == 0 && X.Misalignment(Lane.Count) == Lane.Count / 2,
        When.FreeLine => Stride % (Lane.Count / 2) == 0 && X.Misalignment(Lane.Count / 2) + Columns <= Lane.RoundUp(Columns),
        When.FourVectors => Columns % (4 * Lane.Count) == 0,
        _ => true,
    };
}
