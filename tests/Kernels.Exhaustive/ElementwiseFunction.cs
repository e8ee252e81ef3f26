namespace Kernels.Exhaustive;

/// <summary>A function under test: its exact value in double, and the bounds that it promises.</summary>
/// <param name="Name">The member of <see cref="Elementwise"/>.</param>
/// <param name="Exact">The value with a relative error below 2⁻⁵⁰, which is 2⁻²⁶ ulp of a float.</param>
/// <param name="Bound">The largest error promised, in ulp of the exact value (2⁻¹⁴⁹ for subnormal values).</param>
/// <param name="Smallest">No value is smaller.</param>
/// <param name="Largest">No value is larger.</param>
/// <param name="IsMonotone">Whether it is promised never to descend.</param>
/// <param name="IsReflected">Whether f(x) + f(−x) = 1 in float.</param>
public sealed record ElementwiseFunction(
    string Name, Func<double, double> Exact, double Bound, float Smallest, float Largest, bool IsMonotone, bool IsReflected = false)
{
    public static IReadOnlyList<ElementwiseFunction> All { get; } =
    [
        new("Sigmoid", Reference.Sigmoid, 1.0, 0f, 1f, IsMonotone: true, IsReflected: true),
        new("Exp", Reference.Exp, 1.0, 0f, float.PositiveInfinity, IsMonotone: true),
        new("Softplus", Reference.Softplus, 2.0, 0f, float.PositiveInfinity, IsMonotone: false),
    ];
}
