using System.Globalization;
using System.IO.Enumeration;

namespace Kernels.Cli.Data;

/// <summary>The names of a file's columns, looked up in a dictionary; a name that two columns have finds neither.</summary>
internal sealed class ColumnNames
{
    private readonly string[] _names;
    private readonly string _source;
    private readonly Dictionary<string, int> _indices;
    private readonly HashSet<string> _twice = [];

    internal ColumnNames(string[] names, string source, ReadOptions options)
    {
        if (names.Length > options.MaxColumns)
            throw new DataException(source, options.TooManyColumns(names.Length));
        (_names, _source) = (names, source);
        _indices = new(names.Length);
        for (var i = 0; i < names.Length; i++)
        {
            if (!_indices.TryAdd(names[i], i))
                _twice.Add(names[i]);
        }
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
        {
            CheckUnique(name);
            return index;
        }

        if (int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= Count)
            return number - 1;
        throw new DataException(_source, 1, $"there is no column '{Message.Quote(name)}'; {Instead(name)}");
    }

    /// <exception cref="DataException">More than one column has the name.</exception>
    internal void CheckUnique(string name)
    {
        if (_twice.Contains(name))
            throw new DataException(_source, 1,
                $"more than one column has the name '{Message.Quote(name)}'; predict could not tell them apart: rename one");
    }

    /// <summary>The columns of a list: names, numbers, ranges of numbers (3-7), and names with *; parted by commas.</summary>
    /// <exception cref="DataException">One finds no column.</exception>
    internal HashSet<int> FindAll(IEnumerable<string> lists)
    {
        var found = new HashSet<int>();
        foreach (var list in lists)
        {
            foreach (var item in _indices.ContainsKey(list)
                ? [list]
                : list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
                found.UnionWith(Matching(item));
        }

        return found;
    }

    /// <summary>The same, or −1 where nothing is asked for.</summary>
    internal int FindOrNone(string? name) => name is null ? -1 : Find(name);

    // All of a few columns; of many those whose names are nearest.
    private string Instead(string name)
    {
        const int Few = 10, Nearest = 3;
        return Count <= Few
            ? $"the columns are {Message.List(_names)}"
            : $"the nearest of {Count} are {Message.List(_names.Distinct().OrderBy(other => EditDistance.Of(name, other)).Take(Nearest))}";
    }

    private IEnumerable<int> Matching(string item)
    {
        if (_indices.ContainsKey(item))
            return Enumerable.Range(0, Count).Where(i => _names[i] == item);
        if (item.Contains('*', StringComparison.Ordinal))
        {
            int[] matches =
                [.. Enumerable.Range(0, Count).Where(i => FileSystemName.MatchesSimpleExpression(item, _names[i], ignoreCase: false))];
            return matches.Length > 0 ? matches : [Find(item)];
        }

        var ends = item.Split('-');
        if (ends.Length == 2 && int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out var first)
            && int.TryParse(ends[1], NumberStyles.None, CultureInfo.InvariantCulture, out var last) && first >= 1 && first <= last
            && last <= Count)
            return Enumerable.Range(first - 1, last - first + 1);
        return [Find(item)];
    }
}
