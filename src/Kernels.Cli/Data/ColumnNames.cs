using System.Globalization;

namespace Kernels.Cli.Data;

/// <summary>The names of a file's columns, looked up in a dictionary; of equal names the first is found.</summary>
internal sealed class ColumnNames
{
    private readonly string[] _names;
    private readonly string _source;
    private readonly Dictionary<string, int> _indices;

    internal ColumnNames(string[] names, string source, ReadOptions options)
    {
        if (names.Length > options.MaxColumns)
            throw new DataException(source, options.TooManyColumns(names.Length));
        (_names, _source) = (names, source);
        _indices = new(names.Length);
        for (var i = 0; i < names.Length; i++)
            _indices.TryAdd(names[i], i);
    }

    internal int Count => _names.Length;

    internal string this[int index] => _names[index];

    /// <summary>1, 2, … for a file without names.</summary>
    internal static string[] Numbered(int count) => [.. Enumerable.Range(1, count).Select(i => i.ToString(CultureInfo.InvariantCulture))];

    internal bool Contains(string name) => _indices.ContainsKey(name);

    /// <summary>A column by name, or by its number from 1.</summary>
    internal int Find(string name)
    {
        if (_indices.TryGetValue(name, out var index))
            return index;
        if (int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= Count)
            return number - 1;
        throw new DataException(_source, 1, $"there is no column '{Message.Quote(name)}'; the columns are {Message.List(_names)}");
    }

    /// <summary>The same, or −1 where nothing is asked for.</summary>
    internal int FindOrNone(string? name) => name is null ? -1 : Find(name);
}
