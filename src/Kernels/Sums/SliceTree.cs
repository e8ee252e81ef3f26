using System.Numerics;
using System.Runtime.CompilerServices;
using Kernels.Lanes;
using Kernels.Links;
using Kernels.Rows;

namespace Kernels.Sums;

/// <summary>
/// Totals the slices' gradients and losses in float64 along a binary tree that depends on the number of rows alone:
/// a node of level k is the sum of 2ᵏ neighbouring slices, left + right. It is a binary counter: one vector of
/// float64 a level, whatever the number of slices.
/// </summary>
/// <remarks>
/// A single slice is its own sum and needs neither a workspace nor a conversion. Otherwise the error of a sum over rows is that of one
/// slice, γ(5 + S/4) relative to Σ|r·x|, for any number of rows.
/// </remarks>
internal struct SliceTree<TLanes>
    where TLanes : struct, ILanes<TLanes>
{
    private readonly int _rows;
    private readonly nint _parameters;
    private readonly Floats _levels;
    private LevelSums _sums;
    private uint _slices;

    internal SliceTree(int rows, nint parameters, Floats levels)
    {
        _rows = rows;
        _parameters = parameters;
        _levels = levels;
    }

    private readonly bool IsSingle => _rows <= Contract.SliceRows;

    /// <summary>Floats of workspace: two for each float64, whole vectors, one row a level.</summary>
    internal static nint Workspace(int rows, nint parameters)
    {
        if (rows <= Contract.SliceRows)
            return 0;
        return WorkspaceOf(((rows - 1) / Contract.SliceRows) + 1, parameters);
    }

    /// <summary>Floats of workspace to sum so many slices or nodes.</summary>
    internal static nint WorkspaceOf(int nodes, nint parameters) => checked((BitOperations.Log2((uint)nodes) + 1) * NodeFloats(parameters));

    /// <summary>Floats of a node of the tree: two for each float64, whole vectors.</summary>
    internal static nint NodeFloats(nint parameters) => checked(2 * Lane.RoundUp(parameters));

    /// <summary>Adds the next slice.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal void Add(Totals sums, Floats gradient)
    {
        var level = AddSums(sums);
        if (!IsSingle)
            AddGradient<OfSlice>(gradient, level);
    }

    /// <summary>Adds the next node, all of one level but the last: a sum that <see cref="Node"/> made of as many slices.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal void AddNode(Totals sums, Floats node)
    {
        var level = AddSums(sums);
        AddGradient<OfNode>(node, level);
    }

    /// <summary>Writes the gradient's total in float64, not rounded, and returns the other sums: a node of a larger tree.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal readonly Totals Node(Floats gradient, Floats node)
    {
        for (nint j = 0; j < _parameters; j += Lane.Count)
        {
            var (lower, upper) = TotalAt(j, gradient);
            TLanes.Store(lower, node.At(2 * j));
            TLanes.Store(upper, node.At((2 * j) + Lane.Count));
        }

        return TotalSums();
    }

    /// <summary>Writes the gradient's total over the last slice's and returns the other sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal readonly Totals Total(Reduction reduction, Floats gradient)
    {
        var total = TotalSums();
        var divisor = Divisor(reduction, total.Weight);
        if (!IsSingle || divisor != 1.0)
            WriteGradient(gradient, divisor);

        return new(total.Loss / divisor, total.Weight);
    }

    /// <summary>What the sums are divided by: the number of rows or their weight for a mean, 1 where there is none.</summary>
    internal static double Divisor(Reduction reduction, double weight) => reduction == Reduction.Mean && weight != 0.0 ? weight : 1.0;

    private readonly Totals TotalSums()
    {
        if (_slices == 0)
            return default;
        var lowest = BitOperations.TrailingZeroCount(_slices);
        var total = _sums[lowest];
        for (var k = lowest + 1; k < 32; k++)
        {
            if ((_slices >> k & 1) != 0)
                total = _sums[k] + total;
        }

        return total;
    }

    // The level that the next node belongs to, with its sums there.
    private int AddSums(Totals sums)
    {
        var level = BitOperations.TrailingZeroCount(~_slices);
        for (var k = 0; k < level; k++)
            sums = _sums[k] + sums;
        _sums[level] = sums;
        _slices++;
        return level;
    }

    private readonly Floats Level(int level) => _levels.At(level * NodeFloats(_parameters));

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private readonly void AddGradient<TSum>(Floats sum, int level)
        where TSum : struct, ISum
    {
        for (nint j = 0; j < _parameters; j += Lane.Count)
        {
            var (lower, upper) = typeof(TSum) == typeof(OfNode)
                ? (TLanes.Load(sum.At(2 * j)), TLanes.Load(sum.At((2 * j) + Lane.Count)))
                : Widen(sum, j);
            for (var k = 0; k < level; k++)
                AddLevel(k, j, ref lower, ref upper);
            TLanes.Store(lower, Level(level).At(2 * j));
            TLanes.Store(upper, Level(level).At((2 * j) + Lane.Count));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private readonly void WriteGradient(Floats gradient, double divisor)
    {
        var n = TLanes.BroadcastDouble(divisor);
        for (nint j = 0; j < _parameters; j += Lane.Count)
        {
            var (lower, upper) = TotalAt(j, gradient);
            if (divisor != 1.0)
                (lower, upper) = (TLanes.DivideDouble(lower, n), TLanes.DivideDouble(upper, n));
            TLanes.StoreFirst(TLanes.Narrow(lower, upper), gradient.At(j), (int)Math.Min(Lane.Count, _parameters - j));
        }
    }

    // Sixteen columns' totals; those of a single slice are in the gradient itself.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly (TLanes Lower, TLanes Upper) TotalAt(nint j, Floats gradient)
    {
        if (IsSingle)
            return Widen(gradient, j);
        var lowest = BitOperations.TrailingZeroCount(_slices);
        var lower = TLanes.Load(Level(lowest).At(2 * j));
        var upper = TLanes.Load(Level(lowest).At((2 * j) + Lane.Count));
        for (var k = lowest + 1; k < 32; k++)
        {
            if ((_slices >> k & 1) != 0)
                AddLevel(k, j, ref lower, ref upper);
        }

        return (lower, upper);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly (TLanes Lower, TLanes Upper) Widen(Floats gradient, nint j)
    {
        var g = TLanes.LoadFirst(gradient.At(j), (int)Math.Min(Lane.Count, _parameters - j));
        return (TLanes.WidenLower(g), TLanes.WidenUpper(g));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void AddLevel(int level, nint j, ref TLanes lower, ref TLanes upper)
    {
        lower = TLanes.AddDouble(TLanes.Load(Level(level).At(2 * j)), lower);
        upper = TLanes.AddDouble(TLanes.Load(Level(level).At((2 * j) + Lane.Count)), upper);
    }

    /// <summary>One a level; 2³¹ rows make fewer than 2²² slices.</summary>
    [InlineArray(32)]
    private struct LevelSums
    {
        private Totals _first;
    }
}

/// <summary>What a sum of the tree lies in: a constant for the compiler.</summary>
internal interface ISum;

/// <summary>float32, a float a parameter.</summary>
internal readonly struct OfSlice : ISum;

/// <summary>float64, as the tree has it.</summary>
internal readonly struct OfNode : ISum;
