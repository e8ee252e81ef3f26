using System.Globalization;
using System.Runtime.CompilerServices;
using Kernels.Lanes;
using Kernels.Loops;

namespace Kernels.Rows;

/// <summary>How the rows of a call are visited. Data: no value of it changes a bit of a result (PlanTests), so it may be chosen by time
/// alone.</summary>
/// <remarks>A byte each in one number, so that it travels in a register: seven fields would be stored one by one and loaded as one, which
/// waits.</remarks>
internal readonly record struct RowPlan
{
    /// <summary>The most columns of rows whose weights, gradient or partial sums lie on the stack.</summary>
    internal const int MostColumnsOnStack = 1104;

    /// <summary>So many rows, and fewer, go by blocks from where they start: they are not worth a copy of the weights.</summary>
    internal const int FewRows = (5 * Lane.Count) - 1;

    private readonly ulong _bytes;

    /// <param name="loop">The loop that rows go through.</param>
    /// <param name="tileRows">Rows whose margins are taken side by side: 1, 4 or 8.</param>
    /// <param name="shareRows">Rows whose share of the gradient is taken side by side: 4 or 8.</param>
    /// <param name="blockRows">Rows for which margins, link and share follow one another: a multiple of sixteen, or a divisor of
    /// it.</param>
    /// <param name="lag">Rows that the share is behind the margins where one loop does both (software pipelining); 1 for a row's share
    /// right after its margin, 0 for block after block.</param>
    /// <param name="prefetch">The prefetch distance in KiB: 0 for none, 8 or 16.</param>
    /// <param name="line">Rows that start alike in lines of so many floats (8, 16) are read from the start of their line; 0: where they
    /// start.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal RowPlan(Loop loop, int tileRows, int shareRows, int blockRows, int lag, int prefetch, int line) =>
        _bytes = (byte)loop | ((ulong)(byte)tileRows << 8) | ((ulong)(byte)shareRows << 16) | ((ulong)(byte)blockRows << 24)
            | ((ulong)(byte)lag << 32) | ((ulong)(byte)prefetch << 40) | ((ulong)(byte)line << 48);

    /// <summary>A plan for any shape: rows one by one, in blocks of sixteen.</summary>
    internal static RowPlan OfAnyRows
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(Loop.Tile, 1, 4, Lane.Count, 0, 0, 0);
    }

    internal Loop Loop => (Loop)Byte(0);

    internal int TileRows => Byte(8);

    internal int ShareRows => Byte(16);

    internal int BlockRows => Byte(24);

    internal int Lag => Byte(32);

    internal int Prefetch => Byte(40);

    internal int Line => Byte(48);

    /// <summary>Whether weights and gradient are copied to lines of their own: for lined-up rows, and for a loop that does both.</summary>
    internal bool CopiesVectors => Line != 0 || (Loop == Loop.Tile && Lag > 1);

    private bool IsInRange =>
        TileRows is 1 or 4 or 8 && ShareRows is 4 or 8 && Prefetch is 0 or 8 or 16 && Line is 0 or Lane.Count / 2 or Lane.Count
            && (BlockRows is 4 or 8 || (BlockRows is > 0 and <= Ring.Rows && BlockRows % Lane.Count == 0));

    internal RowPlan WithBlockRows(int rows) => new(Loop, TileRows, ShareRows, rows, Lag, Prefetch, Line);

    internal RowPlan WithoutPrefetch() => new(Loop, TileRows, ShareRows, BlockRows, Lag, 0, Line);

    /// <summary>Whether a loop for this plan exists.</summary>
    internal bool IsLegalFor(int columns) => IsInRange && (Loop == Loop.Registers ? IsLegalInRegisters(columns) : IsLegalTile(columns));

    /// <summary>The floats before every row that count as its own; 0 where rows start with their lines, or do not start alike.</summary>
    /// <param name="x">The first row.</param>
    /// <param name="stride">Floats from one row to the next.</param>
    internal int LeadOf(Floats x, nint stride)
    {
        // Rows a multiple of eight floats apart start alike in half a line where they do not in a whole one.
        var line = Line == Lane.Count && (stride & (Line - 1)) != 0 ? Line / 2 : Line;
        return line != 0 && (stride & (line - 1)) == 0 ? x.Misalignment(line) : 0;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Loop},tile={TileRows},share={ShareRows},block={BlockRows},lag={Lag},prefetch={Prefetch},line={Line}");

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    internal static bool TryParse(string text, out RowPlan plan)
    {
        plan = default;
        var parts = text.Split(',');
        if (parts.Length != 7 || !Enum.TryParse<Loop>(parts[0], ignoreCase: true, out var loop) || !Enum.IsDefined(loop))
            return false;
        string[] names = ["tile", "share", "block", "lag", "prefetch", "line"];
        var values = new int[names.Length];
        for (var i = 0; i < names.Length; i++)
        {
            var pair = parts[i + 1].Split('=');
            if (pair.Length != 2 || pair[0] != names[i] || !byte.TryParse(
                pair[1], NumberStyles.None, CultureInfo.InvariantCulture, out var value))
                return false;
            values[i] = value;
        }

        plan = new(loop, values[0], values[1], values[2], values[3], values[4], values[5]);
        return plan.IsInRange;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Byte(int at) => (byte)(_bytes >> at);

    // Rows are written out by eights, or taken one by one.
    private bool IsLegalInRegisters(int columns) =>
        columns <= NarrowRows<ScalarLanes>.MostColumns && TileRows is 1 or 8 && Line == 0
            && Lag is >= 0 and <= Ring.Rows / 2 && Lag % Lane.Count == 0;

    private bool IsLegalTile(int columns) =>
        (TileRows < 8 || columns <= Contract.OneChainColumns) && (Line == 0 || columns <= MostColumnsOnStack - Lane.Count) && Lag switch
        {
            0 => true,
            1 => columns <= MostColumnsOnStack && Line == 0,
            _ when columns > MostColumnsOnStack - Lane.Count => false,
            4 => columns > Contract.OneChainColumns,
            8 or 16 or 24 => columns <= Contract.OneChainColumns,
            _ => false,
        };
}

/// <summary>A loop over rows.</summary>
internal enum Loop
{
    /// <summary><see cref="RegisterTile{TLanes, TVectors, TTail}"/>: at most 64 columns.</summary>
    Registers,

    /// <summary><see cref="Tile{TLanes, TWork, TRows, TChains}"/>, and <see cref="Row{TLanes}"/> for rows one by one.</summary>
    Tile,
}
