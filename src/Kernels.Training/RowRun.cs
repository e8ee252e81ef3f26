namespace Kernels.Training;

/// <summary>Rows that count, one after the other, until one does not or they are as many as stay in the L1 cache while they are looked
/// at twice.</summary>
internal struct RowRun(ColumnMoments moments)
{
    internal const int MostRows = 64;

    private int _first;
    private int _count;

    /// <summary>Adds the next row, or another one than the next.</summary>
    internal void Add(in Observations rows, int row)
    {
        if (_count == MostRows || row != _first + _count)
            End(rows);
        if (_count == 0)
            _first = row;
        _count++;
    }

    /// <summary>Adds what is there to the moments.</summary>
    internal void End(in Observations rows)
    {
        if (_count > 0)
            moments.Add(rows, _first, _count);
        _count = 0;
    }
}
