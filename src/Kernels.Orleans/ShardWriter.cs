using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Kernels.Training;

namespace Kernels.Orleans;

/// <summary>Cuts rows into parts beside a manifest; rows may come in any pieces, and more may be appended another day.</summary>
/// <remarks>
/// <para>A part's name has digits of its checksum: another run replaces no part of an earlier one, and a silo that reads meanwhile reads
/// what its own manifest names. Everything is whole or not there. One part is in memory at a time.</para>
/// <para>Parts border at multiples of 1024 rows; where the last one does not end there, its rows go into a new part with those that are
/// appended, and its file stays.</para>
/// </remarks>
public sealed class ShardWriter
{
    // Floats of a part: 64 MiB.
    private const int PartFloats = 1 << 24;
    private const int Slice = ShardRows.SliceRows;

    private readonly string _path;
    private readonly List<ShardPart> _parts = [];
    private readonly float[] _x;
    private readonly float[] _targets;
    private float[] _weights = [];
    private float[] _offset = [];
    private int _rows;
    private bool _isShapeKnown;
    private bool _isDone;
    private ShardManifest _manifest;

    private ShardWriter(string path, ShardManifest manifest, int rowsOfAPart, long most)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(manifest);
        if (rowsOfAPart < 0 || rowsOfAPart % Slice != 0)
            throw new ArgumentOutOfRangeException(
                nameof(rowsOfAPart), rowsOfAPart, $"A part of {rowsOfAPart} rows; it must be a multiple of {Slice}.");
        var columns = Math.Max(1, manifest.Features.Count);
        if (rowsOfAPart == 0)
            rowsOfAPart = Math.Max(1, PartFloats / columns / Slice) * Slice;
        if ((long)rowsOfAPart * columns > Array.MaxLength)
            throw new ArgumentOutOfRangeException(
                nameof(rowsOfAPart), rowsOfAPart, $"{rowsOfAPart} rows of {columns} columns are more numbers than one array holds.");
        (_path, _manifest) = (Path.GetFullPath(path), manifest);
        var rows = (int)Math.Min(rowsOfAPart, most);
        (_x, _targets) = (GC.AllocateUninitializedArray<float>(rows * manifest.Features.Count), new float[rows]);
    }

    /// <summary>Rows so far, those of an earlier day included.</summary>
    public long Rows { get; private set; }

    /// <summary>Begins a data set.</summary>
    /// <param name="path">The manifest's, as <c>data/manifest.json</c>; the folder has to be there.</param>
    /// <param name="description">Names and labels; whatever the rows say themselves is filled in.</param>
    /// <param name="rowsOfAPart">A multiple of 1024; 0, the default, for parts of some 64 MiB.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number of rows is no multiple of 1024, or one array does not hold
    /// them.</exception>
    public static ShardWriter Create(string path, ShardManifest description, int rowsOfAPart = 0) =>
        new(path, description, rowsOfAPart, long.MaxValue);

    /// <summary>Goes on with a data set.</summary>
    /// <param name="path">The manifest's.</param>
    /// <param name="rowsOfAPart">As for <see cref="Create"/>; earlier parts stay as they are.</param>
    /// <exception cref="InvalidDataException">The file is no manifest, or its last part is not what it says.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="ArgumentOutOfRangeException">As for <see cref="Create"/>.</exception>
    public static ShardWriter Append(string path, int rowsOfAPart = 0)
    {
        ArgumentNullException.ThrowIfNull(path);
        var manifest = ShardManifest.Read(path);
        var writer = new ShardWriter(path, manifest, rowsOfAPart, long.MaxValue);
        writer._parts.AddRange(manifest.Parts);
        writer.Rows = manifest.Rows();
        if (manifest.Parts is [.., var last])
        {
            writer.TakeShape(manifest);
            if (last.Rows % Slice != 0)
            {
                writer._parts.RemoveAt(writer._parts.Count - 1);
                writer.Rows -= last.Rows;
                var shard = Shard.Read(manifest, Path.GetDirectoryName(writer._path)!, last, CancellationToken.None);
                writer.Add(shard.Rows(0, last.Rows, intercept: false));
            }
        }

        return writer;
    }

    /// <summary>Cuts rows that can be read at any place.</summary>
    /// <param name="rows">What is cut.</param>
    /// <param name="path">As for <see cref="Create"/>.</param>
    /// <param name="description">As for <see cref="Create"/>.</param>
    /// <param name="rowsOfAPart">As for <see cref="Create"/>.</param>
    /// <param name="written">Told now and then how many rows there are so far.</param>
    /// <param name="cancellationToken">Stops; parts that were written stay, the manifest is as it was.</param>
    /// <returns>The manifest.</returns>
    /// <exception cref="ArgumentException">The description has another number of features.</exception>
    /// <exception cref="ArgumentOutOfRangeException">As for <see cref="Create"/>.</exception>
    /// <exception cref="InvalidOperationException"><see cref="ObservationBlocks.Read"/> returned no rows, or more than asked
    /// for.</exception>
    /// <exception cref="IOException">Something cannot be written.</exception>
    public static ShardManifest Write(
        ObservationBlocks rows,
        string path,
        ShardManifest description,
        int rowsOfAPart = 0,
        Action<long>? written = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(description);
        if (description.Features.Count != rows.Columns)
            throw new ArgumentException(
                $"The description has {description.Features.Count} features, and the rows {rows.Columns}.", nameof(description));
        var writer = new ShardWriter(path, description, rowsOfAPart, rows.Rows);
        while (writer.Rows < rows.Rows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var most = (int)Math.Min(Slice, rows.Rows - writer.Rows);
            var some = rows.Read(writer.Rows, most);
            if (some.X.Rows < 1 || some.X.Rows > most)
                throw new InvalidOperationException($"Read({writer.Rows}, {most}) returned {some.X.Rows} rows.");
            writer.Add(some);
            written?.Invoke(writer.Rows);
        }

        return writer.Complete();
    }

    /// <summary>Adds rows; a part that is full is written.</summary>
    /// <param name="rows">Like the rows before them in columns, weights, offsets and what NaN means.</param>
    /// <exception cref="ArgumentException">They are not.</exception>
    /// <exception cref="InvalidOperationException">The writer is done.</exception>
    /// <exception cref="IOException">A part cannot be written.</exception>
    public void Add(in Observations rows)
    {
        CheckOpen();
        var d = _manifest.Features.Count;
        if (rows.X.Columns != d)
            throw new ArgumentException($"The rows have {rows.X.Columns} columns, and the manifest {d} features.", nameof(rows));
        if (rows.X.Rows == 0)
            return;
        var shape = _manifest with
        {
            HasWeights = !rows.SampleWeights.IsEmpty,
            HasOffset = !rows.Offset.IsEmpty,
            SkipsNaN = rows.RowsWithNaN == RowsWithNaN.Skip,
        };
        if (!_isShapeKnown)
            TakeShape(shape);
        else if ((shape.HasWeights, shape.HasOffset, shape.SkipsNaN) != (_manifest.HasWeights, _manifest.HasOffset, _manifest.SkipsNaN))
            throw new ArgumentException(
                "The rows have weights, offsets or a rule for NaN where those before them have none, or none where they have.",
                nameof(rows));
        for (var done = 0; done < rows.X.Rows;)
        {
            var count = Math.Min(rows.X.Rows - done, _targets.Length - _rows);
            for (var i = 0; i < count; i++)
                rows.X.Row(done + i).CopyTo(_x.AsSpan((_rows + i) * d, d));
            rows.Targets.Slice(done, count).CopyTo(_targets.AsSpan(_rows));
            if (shape.HasWeights)
                rows.SampleWeights.Slice(done, count).CopyTo(_weights.AsSpan(_rows));
            if (shape.HasOffset)
                rows.Offset.Slice(done, count).CopyTo(_offset.AsSpan(_rows));
            (_rows, Rows, done) = (_rows + count, Rows + count, done + count);
            if (_rows == _targets.Length)
                WritePart();
        }
    }

    /// <summary>Writes what is left, and then the manifest. The writer is done.</summary>
    /// <param name="describe">What the manifest says of all the rows, given what it said before; null for the same.</param>
    /// <returns>The manifest.</returns>
    /// <exception cref="InvalidOperationException">It was done before.</exception>
    /// <exception cref="IOException">Something cannot be written; the manifest is as it was.</exception>
    public ShardManifest Complete(Func<ShardManifest, ShardManifest>? describe = null)
    {
        CheckOpen();
        WritePart();
        var manifest = (describe?.Invoke(_manifest) ?? _manifest) with { Parts = [.. _parts] };
        Atomically(manifest.Write);
        _isDone = true;
        return manifest;
    }

    // What came after the last rows would begin within a slice.
    private void CheckOpen()
    {
        if (_isDone)
            throw new InvalidOperationException("The manifest is written; Append goes on with it.");
    }

    private void TakeShape(ShardManifest shape)
    {
        (_manifest, _isShapeKnown) = (shape, true);
        (_weights, _offset) = (new float[shape.HasWeights ? _targets.Length : 0], new float[shape.HasOffset ? _targets.Length : 0]);
    }

    private void WritePart()
    {
        if (_rows == 0)
            return;
        var (folder, stem) = (Path.GetDirectoryName(_path)!, Path.GetFileNameWithoutExtension(_path));
        var temporary = Path.Combine(folder, $".{stem}.{Guid.NewGuid():N}.tmp");
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                Append(stream, hash, _x.AsSpan(0, _rows * _manifest.Features.Count));
                Append(stream, hash, _targets.AsSpan(0, _rows));
                Append(stream, hash, _weights.AsSpan(0, Math.Min(_rows, _weights.Length)));
                Append(stream, hash, _offset.AsSpan(0, Math.Min(_rows, _offset.Length)));
                stream.Flush(flushToDisk: true);
            }

            var digits = Convert.ToHexStringLower(hash.GetHashAndReset());
            var name = $"{stem}-{_parts.Count:00000}-{digits[..12]}.f32";
            File.Move(temporary, Path.Combine(folder, name), overwrite: true);
            _parts.Add(new(name, Rows - _rows, _rows, digits));
            _rows = 0;
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    // The values may be reversed in place: they are written once.
    private static void Append(Stream stream, IncrementalHash hash, Span<float> values)
    {
        if (!BitConverter.IsLittleEndian)
            BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<float, int>(values), MemoryMarshal.Cast<float, int>(values));
        var bytes = MemoryMarshal.AsBytes(values);
        hash.AppendData(bytes);
        stream.Write(bytes);
    }

    private void Atomically(Action<Stream> write)
    {
        var temporary = $"{_path}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, _path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
