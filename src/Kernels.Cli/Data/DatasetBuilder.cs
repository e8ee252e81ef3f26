namespace Kernels.Cli.Data;

/// <summary>Collects rows of columns that have roles into data sets.</summary>
internal sealed class DatasetBuilder(string source, ColumnRoles roles, ReadOptions options)
{
    private readonly Pieces _values = new();
    private readonly List<double> _first = [];
    private double[]? _shift = options.Shift;
    private bool _isChosen = !options.ChoosesShift || options.Shift is not null;
    private readonly List<float> _labels = [];
    private readonly List<float> _weights = [];
    private readonly List<float> _offset = [];
    private readonly List<string> _keys = [];

    internal int Rows { get; private set; }

    /// <summary>What is subtracted, once that is known; its values are null for nothing.</summary>
    internal ChosenShift? Shift => _isChosen ? new(_shift) : null;

    /// <summary>Adds a row.</summary>
    internal void Add<TFields>(TFields fields)
        where TFields : IFields, allows ref struct
    {
        options.CheckSize(source, Rows + 1L, roles.Used);
        if (_isChosen && _shift is null && roles.Levels is null)
            AddPlain(fields);
        else
            AddSpecial(fields);
        if (roles.Target >= 0)
            _labels.Add(fields.Label(roles.Target));
        if (roles.Weight >= 0)
            _weights.Add(fields.Single(roles.Weight));
        if (roles.Offset >= 0)
            _offset.Add(fields.Single(roles.Offset));
        if (roles.Key >= 0)
            _keys.Add(fields.Text(roles.Key));
        if (++Rows == ColumnShift.SampleRows)
            Choose();
    }

    /// <summary>The rows since the last call.</summary>
    internal Dataset Take()
    {
        Choose();
        var result = new Dataset(
            source, new RowsInMemory(_values.Take(), roles.Features.Length), Rows, roles.Features.Length, roles.FeatureNames)
        {
            Labels = roles.Target >= 0 ? [.. _labels] : null,
            SampleWeights = roles.Weight >= 0 ? [.. _weights] : null,
            Offset = roles.Offset >= 0 ? [.. _offset] : null,
            Levels = roles.Levels,
            Keys = roles.Key >= 0 ? [.. _keys] : null,
            Target = roles.TargetName,
            LabelWords = roles.LabelWords,
            Shift = _shift,
            SkipsNaN = options.SkipsNaN,
        };
        _labels.Clear();
        _weights.Clear();
        _offset.Clear();
        _keys.Clear();
        Rows = 0;
        return result;
    }

    private void AddPlain<TFields>(TFields fields)
        where TFields : IFields, allows ref struct
    {
        var to = _values.Next(roles.Features.Length);
        for (var j = 0; j < to.Length; j++)
            to[j] = fields.Single(roles.Features[j]);
    }

    private void AddSpecial<TFields>(TFields fields)
        where TFields : IFields, allows ref struct
    {
        for (var j = 0; j < roles.Features.Length; j++)
        {
            if (roles.Levels?[j] is { } levels)
                Add(fields.Level(roles.Features[j], levels));
            else if (!_isChosen)
                _first.Add(fields.Double(roles.Features[j]));
            else if (_shift is null || _shift[j] == 0)
                Add(fields.Single(roles.Features[j]));
            else
                Add((float)(fields.Double(roles.Features[j]) - _shift[j]));
        }
    }

    private void Add(float level)
    {
        if (_isChosen)
            _values.Next(1)[0] = level;
        else
            _first.Add(level);
    }

    private void Choose()
    {
        if (_isChosen)
            return;
        _isChosen = true;
        _shift = ColumnShift.Of(_first, roles.Features.Length);
        for (var j = 0; j < roles.Features.Length && _shift is not null; j++)
            _shift[j] = roles.Levels?[j] is null ? _shift[j] : 0;
        for (var i = 0; i < _first.Count; i++)
            _values.Next(1)[0] = (float)(_shift is null ? _first[i] : _first[i] - _shift[i % roles.Features.Length]);
        _first.Clear();
        _first.TrimExcess();
    }

    /// <summary>Floats in arrays of a megabyte: a list would hold three times what it has while it grows.</summary>
    private sealed class Pieces
    {
        private const int Size = 1 << 18;

        private readonly List<(float[] Values, int Count)> _full = [];
        private float[] _last = [];
        private int _count;

        /// <summary>Room for the next floats.</summary>
        internal Span<float> Next(int count)
        {
            if (_last.Length - _count < count)
                Grow(count);
            _count += count;
            return _last.AsSpan(_count - count, count);
        }

        internal float[] Take()
        {
            if (_full.Count == 0 && _count == _last.Length)
                return Taken(_last);
            var all = new float[_full.Sum(piece => (long)piece.Count) + _count];
            var next = 0;
            for (var i = 0; i < _full.Count; i++)
            {
                var (values, count) = _full[i];
                values.AsSpan(0, count).CopyTo(all.AsSpan(next));
                next += count;
                _full[i] = ([], 0); // given back as it is copied
            }

            _last.AsSpan(0, _count).CopyTo(all.AsSpan(next));
            return Taken(all);
        }

        private float[] Taken(float[] all)
        {
            _full.Clear();
            (_last, _count) = ([], 0);
            return all;
        }

        private void Grow(int count)
        {
            if (_last.Length >= Size)
            {
                _full.Add((_last, _count));
                (_last, _count) = ([], 0);
            }

            Array.Resize(ref _last, Math.Max(_count + count, Math.Min(Size, Math.Max(256, 2 * _last.Length))));
        }
    }
}
