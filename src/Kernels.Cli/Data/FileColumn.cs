using System.Buffers;
using System.Globalization;

namespace Kernels.Cli.Data;

/// <summary>Some rows of a column of numbers or booleans.</summary>
internal abstract class FileColumn : IDisposable
{
    /// <summary>The first row that has no value where it must have one; −1 for none.</summary>
    internal abstract int FirstMissing { get; }

    /// <summary>The value of a row; NaN for none.</summary>
    internal abstract double this[int row] { get; }

    /// <summary>The value of a row as it is printed.</summary>
    internal abstract string Text(int row);

    /// <summary>Writes the values of some rows, less a constant, every so many floats.</summary>
    internal abstract void CopyTo(int row, int count, double less, Span<float> to, int stride);

    /// <summary>Gives its memory back.</summary>
    public abstract void Dispose();

    /// <summary>The values of all rows.</summary>
    internal float[] ToArray(int rows)
    {
        var values = new float[rows];
        CopyTo(0, rows, 0, values, 1);
        return values;
    }
}

/// <summary>The same, of one type.</summary>
internal sealed class NumberColumn<T> : FileColumn
    where T : unmanaged
{
    private readonly T[] _values;
    private readonly int _rows;
    private readonly bool[]? _isMissing;

    /// <param name="values">Rented, and returned by <see cref="Dispose"/>.</param>
    /// <param name="rows">How many of them count.</param>
    /// <param name="isMissing">Whether a row has none; null for no row.</param>
    internal NumberColumn(T[] values, int rows, bool[]? isMissing) => (_values, _rows, _isMissing) = (values, rows, isMissing);

    /// <summary>Whether no row is without one.</summary>
    internal bool HasAll => _isMissing is null;

    /// <summary>The values of all rows; of one without, anything.</summary>
    internal ReadOnlySpan<T> Values => _values.AsSpan(0, _rows);

    // NaN of a column that may have none is one.
    internal override int FirstMissing
    {
        get
        {
            if (_isMissing is null)
                return -1;
            for (var row = 0; row < _rows; row++)
            {
                if (double.IsNaN(this[row]))
                    return row;
            }

            return -1;
        }
    }

    internal override double this[int row] => _isMissing?[row] == true ? double.NaN : ToDouble(_values[row]);

    internal override string Text(int row) => Convert.ToString(_values[row], CultureInfo.InvariantCulture)!;

    internal override void CopyTo(int row, int count, double less, Span<float> to, int stride)
    {
        var values = _values.AsSpan(row, count);
        if (less == 0 && _isMissing is null)
        {
            for (int i = 0, at = 0; i < values.Length; i++, at += stride)
                to[at] = ToSingle(values[i]);
            return;
        }

        for (int i = 0, at = 0; i < values.Length; i++, at += stride)
        {
            to[at] = _isMissing is not null && _isMissing[row + i] ? float.NaN
                : less == 0 ? ToSingle(values[i])
                : (float)(ToDouble(values[i]) - less);
        }
    }

    public override void Dispose() => ArrayPool<T>.Shared.Return(_values);

    // What is not the type at hand is left out by the compiler.
    private static double ToDouble(T value)
    {
        if (typeof(T) == typeof(float))
            return (float)(object)value;
        if (typeof(T) == typeof(double))
            return (double)(object)value;
        if (typeof(T) == typeof(int))
            return (int)(object)value;
        if (typeof(T) == typeof(long))
            return (long)(object)value;
        if (typeof(T) == typeof(short))
            return (short)(object)value;
        if (typeof(T) == typeof(sbyte))
            return (sbyte)(object)value;
        if (typeof(T) == typeof(byte))
            return (byte)(object)value;
        if (typeof(T) == typeof(ushort))
            return (ushort)(object)value;
        if (typeof(T) == typeof(uint))
            return (uint)(object)value;
        if (typeof(T) == typeof(ulong))
            return (ulong)(object)value;
        if (typeof(T) == typeof(decimal))
            return (double)(decimal)(object)value;
        return (bool)(object)value ? 1 : 0;
    }

    private static float ToSingle(T value) => typeof(T) == typeof(float) ? (float)(object)value : (float)ToDouble(value);
}
