using System.Runtime.CompilerServices;
using Kernels.Lanes;
using Kernels.Links;
using Kernels.Loops;
using Kernels.Passes;
using Kernels.Rows;
using Kernels.Sums;

namespace Kernels.Bench.Roofline;

/// <summary>The physical limit: X read once from end to end, nothing done but additions into eight vectors; on several threads by a crew
/// that spins, each thread its part.</summary>
internal sealed class ReadOnlyContender(int threads) : Contender
{
    internal const string Id = "read-only";

    private readonly Crew? _crew = threads == 1 ? null : new(threads, TimeSpan.FromMicroseconds(50));
    private readonly PartJob _job = new(threads);

    internal override string Name => Id;

    internal override IReadOnlyList<Operation> Operations { get; } = [Operation.Read];

    internal override void Run(Operation operation, Problem problem)
    {
        if (_crew is null)
        {
            Call.Run<ReadOncePass>(new DesignMatrix(problem.X, columns: 1), default, default, default);
            return;
        }

        _job.Begin(problem);
        _crew.Run(_job);
    }

    private sealed class PartJob(int threads) : Job
    {
        private BlockClaims _claims = new(threads);
        private Problem? _problem;

        internal void Begin(Problem problem)
        {
            _problem = problem;
            BlockClaims.Begin(ref _claims, threads);
        }

        internal override void Run(int member)
        {
            var length = _problem!.Shape.Elements;
            var part = ((length / threads) + Lane.Count) & -Lane.Count;
            for (long i; (i = _claims.NextOf(member, threads)) >= 0;)
            {
                var start = (int)Math.Min(i * part, length);
                Call.Run<ReadOncePass>(new DesignMatrix(_problem.X[start..Math.Min(start + part, length)], columns: 1), default, default,
                    default);
            }
        }
    }
}

/// <summary>
/// What the two phases of the fused pass read, without their arithmetic: eight rows side by side, from the same
/// alignment and with the same tails, once for the margins and once for the gradient.
/// </summary>
internal sealed class ReadTwiceContender : Contender
{
    internal override string Name => "read-twice";

    internal override IReadOnlyList<Operation> Operations { get; } = [Operation.Read];

    internal override void Run(Operation operation, Problem problem) =>
        Call.Run<ReadTwicePass>(problem.Matrix, default, default, default);
}

/// <summary>The same, but row after row, both times: what is left when nothing is read side by side.</summary>
internal sealed class ReadTwiceInOrderContender : Contender
{
    internal override string Name => "read-twice-in-order";

    internal override IReadOnlyList<Operation> Operations { get; } = [Operation.Read];

    internal override void Run(Operation operation, Problem problem) =>
        Call.Run<ReadTwiceInOrderPass>(problem.Matrix, default, default, default);
}

internal readonly struct ReadOncePass : IPass
{
    public static Question Question => Question.Gradient;

    public static nint Workspace(int rows, nint parameters) => 0;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Totals Run<TLanes>(in Operands o, ref RowCounts counts)
        where TLanes : struct, ILanes<TLanes>
    {
        var (x, n) = (o.X, (nint)o.Rows);
        TLanes a = TLanes.Zero, b = TLanes.Zero, c = TLanes.Zero, d = TLanes.Zero;
        TLanes e = TLanes.Zero, f = TLanes.Zero, g = TLanes.Zero, h = TLanes.Zero;
        nint i = 0;
        for (; i <= n - (8 * Lane.Count); i += 8 * Lane.Count)
        {
            a = TLanes.Add(a, TLanes.Load(x.At(i)));
            b = TLanes.Add(b, TLanes.Load(x.At(i + Lane.Count)));
            c = TLanes.Add(c, TLanes.Load(x.At(i + (2 * Lane.Count))));
            d = TLanes.Add(d, TLanes.Load(x.At(i + (3 * Lane.Count))));
            e = TLanes.Add(e, TLanes.Load(x.At(i + (4 * Lane.Count))));
            f = TLanes.Add(f, TLanes.Load(x.At(i + (5 * Lane.Count))));
            g = TLanes.Add(g, TLanes.Load(x.At(i + (6 * Lane.Count))));
            h = TLanes.Add(h, TLanes.Load(x.At(i + (7 * Lane.Count))));
        }

        for (; i < n; i += Lane.Count)
            a = TLanes.Add(a, TLanes.LoadFirst(x.At(i), (int)Math.Min(Lane.Count, n - i)));
        a = TLanes.Add(TLanes.Add(TLanes.Add(a, b), TLanes.Add(c, d)), TLanes.Add(TLanes.Add(e, f), TLanes.Add(g, h)));
        return new(TLanes.Fold(a), o.Rows);
    }
}

internal readonly struct ReadTwicePass : IPass
{
    public static Question Question => Question.Gradient;

    public static nint Workspace(int rows, nint parameters) => 0;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Totals Run<TLanes>(in Operands o, ref RowCounts counts)
        where TLanes : struct, ILanes<TLanes>
    {
        var sum = TLanes.Zero;
        for (nint row = 0; row < o.Rows; row += 8)
        {
            var rows = (int)Math.Min(8, o.Rows - row);
            sum = TLanes.Add(sum, Block<TLanes>(o.Row(row), o.Stride, rows, o.Columns));
            sum = TLanes.Add(sum, Block<TLanes>(o.Row(row), o.Stride, rows, o.Columns));
        }

        return new(TLanes.Fold(sum), o.Rows);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static TLanes Block<TLanes>(Floats x, nint stride, int rows, int columns)
        where TLanes : struct, ILanes<TLanes>
    {
        if (rows < 8)
            return Few<TLanes>(x, stride, rows, columns);
        var (x0, x1, x2, x3) = (x, x.At(stride), x.At(2 * stride), x.At(3 * stride));
        var (x4, x5, x6, x7) = (x.At(4 * stride), x.At(5 * stride), x.At(6 * stride), x.At(7 * stride));
        TLanes a = TLanes.Zero, b = TLanes.Zero, c = TLanes.Zero, d = TLanes.Zero;
        nint j = 0;
        for (; j <= columns - Lane.Count; j += Lane.Count)
        {
            a = TLanes.Add(TLanes.Add(a, TLanes.Load(x0.At(j))), TLanes.Load(x4.At(j)));
            b = TLanes.Add(TLanes.Add(b, TLanes.Load(x1.At(j))), TLanes.Load(x5.At(j)));
            c = TLanes.Add(TLanes.Add(c, TLanes.Load(x2.At(j))), TLanes.Load(x6.At(j)));
            d = TLanes.Add(TLanes.Add(d, TLanes.Load(x3.At(j))), TLanes.Load(x7.At(j)));
        }

        var tail = (int)(columns - j);
        if (tail > 0)
        {
            a = TLanes.Add(TLanes.Add(a, TLanes.LoadFirst(x0.At(j), tail)), TLanes.LoadFirst(x4.At(j), tail));
            b = TLanes.Add(TLanes.Add(b, TLanes.LoadFirst(x1.At(j), tail)), TLanes.LoadFirst(x5.At(j), tail));
            c = TLanes.Add(TLanes.Add(c, TLanes.LoadFirst(x2.At(j), tail)), TLanes.LoadFirst(x6.At(j), tail));
            d = TLanes.Add(TLanes.Add(d, TLanes.LoadFirst(x3.At(j), tail)), TLanes.LoadFirst(x7.At(j), tail));
        }

        return TLanes.Add(TLanes.Add(a, b), TLanes.Add(c, d));
    }

    private static TLanes Few<TLanes>(Floats x, nint stride, int rows, int columns)
        where TLanes : struct, ILanes<TLanes>
    {
        var sum = TLanes.Zero;
        for (var i = 0; i < rows; i++)
        {
            for (nint j = 0; j < columns; j += Lane.Count)
                sum = TLanes.Add(sum, TLanes.LoadFirst(x.At((i * stride) + j), (int)Math.Min(Lane.Count, columns - j)));
        }

        return sum;
    }
}

internal readonly struct ReadTwiceInOrderPass : IPass
{
    public static Question Question => Question.Gradient;

    public static nint Workspace(int rows, nint parameters) => 0;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Totals Run<TLanes>(in Operands o, ref RowCounts counts)
        where TLanes : struct, ILanes<TLanes>
    {
        var block = o.Plan.BlockRows;
        var sum = TLanes.Zero;
        for (nint row = 0; row < o.Rows; row += block)
        {
            var rows = (int)Math.Min(block, o.Rows - row);
            sum = TLanes.Add(sum, Read<TLanes>(o.Row(row), o.Stride, rows, o.Columns));
            sum = TLanes.Add(sum, Read<TLanes>(o.Row(row), o.Stride, rows, o.Columns));
        }

        return new(TLanes.Fold(sum), o.Rows);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static TLanes Read<TLanes>(Floats x, nint stride, int rows, int columns)
        where TLanes : struct, ILanes<TLanes>
    {
        var (a, b, c, d) = (TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero);
        for (var i = 0; i < rows; i++, x = x.At(stride))
        {
            nint j = 0;
            for (; j <= columns - (4 * Lane.Count); j += 4 * Lane.Count)
            {
                a = TLanes.Add(a, TLanes.Load(x.At(j)));
                b = TLanes.Add(b, TLanes.Load(x.At(j + Lane.Count)));
                c = TLanes.Add(c, TLanes.Load(x.At(j + (2 * Lane.Count))));
                d = TLanes.Add(d, TLanes.Load(x.At(j + (3 * Lane.Count))));
            }

            for (; j <= columns - Lane.Count; j += Lane.Count)
                (a, b) = (b, TLanes.Add(a, TLanes.Load(x.At(j))));
            if (j < columns)
                (c, d) = (d, TLanes.Add(c, TLanes.LoadFirst(x.At(j), (int)(columns - j))));
        }

        return TLanes.Add(TLanes.Add(a, b), TLanes.Add(c, d));
    }
}
