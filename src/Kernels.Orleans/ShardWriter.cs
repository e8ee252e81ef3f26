using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Kernels.Training;

namespace Kernels.Orleans;

/// <summary>Cuts rows into parts.</summary>
public static class ShardWriter
{
    // Floats of a part: 64 MiB.
    private const int PartFloats = 1 << 24;

    /// <summary>Writes the parts beside the manifest, and then the manifest.</summary>
    /// <remarks>A part's name has digits of its checksum: another run replaces no part of an earlier one, and a silo that reads meanwhile
    /// reads what its own manifest names. Everything is whole or not there.</remarks>
    /// <param name="rows">What is cut.</param>
    /// <param name="path">The manifest's, as <c>data/manifest.json</c>; the folder has to be there.</param>
    /// <param name="description">Names and labels; whatever the rows say themselves is filled in.</param>
    /// <param name="rowsOfAPart">A multiple of 1024; 0, the default, for parts of some 64 MiB.</param>
    /// <param name="written">Told after every part how many rows there are so far.</param>
    /// <param name="cancellationToken">Stops; parts that were written stay, the manifest is as it was.</param>
    /// <returns>The manifest.</returns>
    /// <exception cref="ArgumentException">The description has another number of features.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The number of rows is no multiple of 1024.</exception>
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
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(description);
        const int Slice = ShardRows.SliceRows;
        if (description.Features.Count != rows.Columns)
            throw new ArgumentException($"The description has {description.Features.Count} features, and the rows {rows.Columns}.", nameof(description));
        if (rowsOfAPart < 0 || rowsOfAPart % Slice != 0)
            throw new ArgumentOutOfRangeException(nameof(rowsOfAPart), rowsOfAPart, $"A part of {rowsOfAPart} rows; it must be a multiple of {Slice}.");
        if (rowsOfAPart == 0)
            rowsOfAPart = Math.Max(1, PartFloats / Math.Max(1, rows.Columns) / Slice) * Slice;
        if ((long)rowsOfAPart * Math.Max(1, rows.Columns) > Array.MaxLength)
            throw new ArgumentOutOfRangeException(
                nameof(rowsOfAPart), rowsOfAPart, $"{rowsOfAPart} rows of {rows.Columns} columns are more numbers than one array holds.");

        var manifest = description with { Parts = [] };
        if (rows.Rows > 0)
        {
            var some = rows.Read(0, 1);
            manifest = manifest with { HasWeights = !some.SampleWeights.IsEmpty, HasOffset = !some.Offset.IsEmpty, SkipsNaN = some.RowsWithNaN == RowsWithNaN.Skip };
        }

        var parts = new List<ShardPart>();
        for (var row = 0L; row < rows.Rows; row += rowsOfAPart)
        {
            var count = (int)Math.Min(rowsOfAPart, rows.Rows - row);
            parts.Add(WritePart(rows, path, manifest, parts.Count, row, count, cancellationToken));
            written?.Invoke(row + count);
        }

        manifest = manifest with { Parts = parts };
        Atomically(Path.GetFullPath(path), manifest.Write);
        return manifest;
    }

    private static ShardPart WritePart(
        ObservationBlocks rows, string path, ShardManifest manifest, int number, long first, int count, CancellationToken cancellation)
    {
        var (full, d) = (Path.GetFullPath(path), rows.Columns);
        var temporary = Path.Combine(Path.GetDirectoryName(full)!, $".{Path.GetFileNameWithoutExtension(full)}.{Guid.NewGuid():N}.tmp");
        var (targets, weights, offset) = (new float[count], new float[manifest.HasWeights ? count : 0], new float[manifest.HasOffset ? count : 0]);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                for (var done = 0; done < count;)
                {
                    cancellation.ThrowIfCancellationRequested();
                    var some = rows.Read(first + done, Math.Min(ShardRows.SliceRows, count - done));
                    for (var i = 0; i < some.X.Rows; i++)
                        Append(some.X.Row(i));
                    some.Targets.CopyTo(targets.AsSpan(done));
                    some.SampleWeights.CopyTo(weights.AsSpan(Math.Min(done, weights.Length)));
                    some.Offset.CopyTo(offset.AsSpan(Math.Min(done, offset.Length)));
                    done += some.X.Rows;
                }

                Append(targets);
                Append(weights);
                Append(offset);
                stream.Flush(flushToDisk: true);

                void Append(ReadOnlySpan<float> values)
                {
                    var bytes = MemoryMarshal.AsBytes(values);
                    if (!BitConverter.IsLittleEndian)
                    {
                        var reversed = new int[values.Length];
                        BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<float, int>(values), reversed);
                        bytes = MemoryMarshal.AsBytes(reversed.AsSpan());
                    }

                    hash.AppendData(bytes);
                    stream.Write(bytes);
                }
            }

            var digits = Convert.ToHexStringLower(hash.GetHashAndReset());
            var name = $"{Path.GetFileNameWithoutExtension(full)}-{number:00000}-{digits[..12]}.f32";
            File.Move(temporary, Path.Combine(Path.GetDirectoryName(full)!, name), overwrite: true);
            return new(name, first, count, digits);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    private static void Atomically(string path, Action<Stream> write)
    {
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
