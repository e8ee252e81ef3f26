using Kernels.Lanes;
using Kernels.Links;
using Kernels.Passes;
using Kernels.Rows;

namespace Kernels.Exhaustive;

/// <summary>One vector width in this process.</summary>
public abstract class Width
{
    private Width(SimdWidth name) => Name = name;

    public SimdWidth Name { get; }

    public abstract bool IsSupported { get; }

    /// <summary>All widths, the one that this process uses first.</summary>
    public static IReadOnlyList<Width> All { get; } =
        [.. new Width[]
        {
            new Of<Lanes512>(SimdWidth.Vector512), new Of<Lanes256>(SimdWidth.Vector256),
            new Of<Lanes128>(SimdWidth.Vector128), new Of<ScalarLanes>(SimdWidth.Scalar),
        }.OrderByDescending(width => width.Name == Simd.Width)];

    public abstract void Evaluate(ElementwiseFunction function, ReadOnlySpan<float> x, Span<float> destination);

    private sealed class Of<TLanes>(SimdWidth name) : Width(name)
        where TLanes : struct, ILanes<TLanes>
    {
        public override bool IsSupported => TLanes.IsSupported;

        public override void Evaluate(ElementwiseFunction function, ReadOnlySpan<float> x, Span<float> destination)
        {
            switch (function.Name)
            {
                case nameof(Elementwise.Sigmoid):
                    Run<MeanFunction<Logit>>(x, destination);
                    break;
                case nameof(Elementwise.Exp):
                    Run<MeanFunction<Log>>(x, destination);
                    break;
                case nameof(Elementwise.Softplus):
                    Run<SoftplusFunction>(x, destination);
                    break;
                default:
                    throw new ArgumentException(function.Name, nameof(function));
            }
        }

        private static void Run<TFunction>(ReadOnlySpan<float> x, Span<float> destination)
            where TFunction : struct, IElementwise
        {
            var unused = default(RowCounts);
            Call.Run<ElementwisePass<TFunction>, TLanes>(new DesignMatrix(x, 1), default, default, destination, default, 0f, ref unused);
        }
    }
}
