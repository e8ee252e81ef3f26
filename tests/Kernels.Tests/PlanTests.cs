using Kernels.Lanes;
using Kernels.Links;
using Kernels.Loops;
using Kernels.Passes;
using Kernels.Rows;
using Kernels.Sums;
using Kernels.Tests.Support;

namespace Kernels.Tests;

/// <summary>A plan changes no bit: whatever loop rows go through, in whatever order margins and shares follow one another, the result is
/// that of rows one by one.</summary>
public class PlanTests
{
    private const int MostRows = 219;

    public static TheoryData<int, int> Columns => new()
    {
        { 1, 0 }, { 15, 0 }, { 16, 3 }, { 30, 2 }, { 33, 0 }, { 48, 0 }, { 63, 1 }, { 64, 0 }, { 65, 7 }, { 80, 0 }, { 112, 8 }, { 131, 5 },
        { 200, 0 }, { 250, 6 }, { 256, 0 },
        { 257, 0 }, { 272, 0 }, { 301, 3 }, { 320, 16 }, { 399, 1 }, { 1008, 0 }, { 1104, 0 }, { 1105, 0 },
    };

    [Theory]
    [MemberData(nameof(Columns))]
    public void Any_legal_plan_gives_the_bits_of_any_rows(int columns, int gap)
    {
        Assert.SkipWhen(Grid.IsThinned && columns is not (30 or 80 or 320), "a fused multiply-add is a call here: three shapes only");
        var plans = Plans(columns);
        Assert.NotEmpty(plans);
        foreach (var (rows, start, intercept) in new[] { (83, 5, true), (MostRows, 8, false), (144, 0, true) })
        {
            var data = new Data(rows, columns, gap, start, intercept);
            data.Check<Lanes512, Logit>(plans);
            data.Check<Lanes256, Logit>(plans);
            data.Check<Lanes256, Log>(plans);
            data.Check<Lanes128, Identity>(plans);
            if (columns < 100)
                data.Check<ScalarLanes, Logit>(plans.Where((_, i) => i % 5 == rows % 5));
        }
    }

    [Fact]
    public void There_are_plans_of_every_kind()
    {
        var plans = Columns.SelectMany(row => Plans(row.Data.Item1)).Distinct().ToList();
        Assert.Equal([1, 4, 8], plans.Select(plan => plan.TileRows).Distinct().Order());
        Assert.Equal([0, 1, 4, 8, 16, 24, 32, 48, 64], plans.Select(plan => plan.Lag).Distinct().Order());
        Assert.Equal([0, 8, 16], plans.Select(plan => plan.Line).Distinct().Order());
        Assert.Equal([0, 8, 16], plans.Select(plan => plan.Prefetch).Distinct().Order());
    }

    private static List<RowPlan> Plans(int columns) =>
    [
        .. from loop in Enum.GetValues<Loop>()
           from tile in new[] { 1, 4, 8 }
           from share in new[] { 4, 8 }
           from block in new[] { 4, 8, 16, 64, 128 }
           from lag in new[] { 0, 1, 4, 8, 16, 24, 32, 48, 64 }
           from prefetch in new[] { 0, 8, 16 }
           from line in new[] { 0, 8, 16 }
           let plan = new RowPlan(loop, tile, share, block, lag, prefetch, line)
           where plan.IsLegalFor(columns) && (prefetch == 0 || (block == 16 && share == 8)) && (lag == 0 || block is 4 or 64)
           select plan,
    ];

    /// <summary>Rows in memory whose gaps, and what lies before them, are not finite.</summary>
    private sealed class Data
    {
        private readonly Problem _p;
        private readonly float[] _x;
        private readonly int _first;
        private readonly int _stride;
        private readonly float[] _offset;

        public Data(int rows, int columns, int gap, int start, bool intercept)
        {
            _p = Problem.Random((ulong)(rows + columns), rows, columns, intercept, scale: 1f / MathF.Sqrt(columns));
            _stride = columns + gap;
            _offset = Problem.Random(3, 1, rows).Weights;
            _x = GC.AllocateArray<float>((rows * _stride) + 64, pinned: true);
            Array.Fill(_x, float.PositiveInfinity);
            _first = 16 + start + ToLine(_x);
            for (var i = 0; i < rows; i++)
                _p.X.Row(i).CopyTo(_x.AsSpan(_first + (i * _stride)));
        }

        public unsafe void Check<TLanes, TLink>(IEnumerable<RowPlan> plans)
            where TLanes : struct, ILanes<TLanes>
            where TLink : struct, ILink
        {
            if (!TLanes.IsSupported)
                return;
            var (expected, loss) = OneByOne<TLink>();
            var margins = new float[_p.Rows];
            for (var i = 0; i < margins.Length; i++)
                margins[i] = Glm<Identity>.Predict(_p.X.Row(i), _p.Weights, _p.HasIntercept) + (_p.HasIntercept ? _offset[i] : 0f);
            var (gradient, output) = (new float[expected.Length], new float[_p.Rows]);
            fixed (float* x = &_x[_first], y = _p.Y, w = _p.Weights, f = _offset)
            {
                foreach (var plan in plans)
                {
                    var o = new Operands
                    {
                        X = new(x),
                        Stride = _stride,
                        Rows = _p.Rows,
                        Columns = _p.Columns,
                        HasIntercept = _p.HasIntercept,
                        Y = new(y),
                        Weights = new(w),
                        Plan = plan,
                    };
                    if (_p.HasIntercept)
                        o.Offset = new(f);
                    var what = $"{typeof(TLanes).Name} {typeof(TLink).Name} {_p.Rows}x{_p.Columns}, stride {_stride}: {plan}";
                    var counts = default(RowCounts);
                    fixed (float* g = gradient, z = output)
                    {
                        Bits.Equal(loss, FusedPass<TLanes, TLink>.Gradient(o, new(g), ref counts).Loss, what);
                        Bits.Equal(expected, gradient, what);
                        Bits.Equal(loss, FusedPass<TLanes, TLink>.Loss(o, ref counts).Loss, what);
                        o.Output = new(z);
                        PredictionPass<Identity>.Run<TLanes>(o, ref counts);
                        Bits.Equal(margins, output, what);
                    }
                }
            }
        }

        // One row in a call: its margin by itself, its share by AnyRows.
        private (float[] Gradient, double Loss) OneByOne<TLink>()
            where TLink : struct, ILink
        {
            var sum = new GradientAccumulator<TLink>(_p.Weights, _p.HasIntercept);
            var data = new Observations(_p.X, _p.Y) { Offset = _p.HasIntercept ? _offset : null };
            for (var i = 0; i < _p.Rows; i++)
                sum.Add(data.Slice(i, 1));
            var gradient = new float[_p.Weights.Length];
            return (gradient, sum.Gradient(gradient).Loss);
        }

        private static unsafe int ToLine(float[] pinned)
        {
            fixed (float* start = pinned)
                return (int)(-(nint)start / sizeof(float)) & 15;
        }
    }
}
