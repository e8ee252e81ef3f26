namespace Kernels.Cli.Data;

/// <summary>Row-major little-endian float32 and nothing else. The label is the first or the last column, so that the features of a row lie
/// together and are not copied.</summary>
internal static class RawReader
{
    private const int SliceRows = GradientAccumulator<Links.Logit>.SliceRows;

    /// <summary>The file in blocks of rows that are read when they are needed; at least one block, which may be empty.</summary>
    internal static IEnumerable<Dataset> Read(string path, ReadOptions options, Func<string[], ColumnRoles> rolesOf)
    {
        if (!BitConverter.IsLittleEndian)
            throw new DataException(path, "raw files are little-endian, and this machine is not");
        if (options.RawColumns < 1)
            throw new DataException("--columns", "raw floats need the number of columns of a row, the label's included");
        if (options.RawColumns > options.MaxColumns)
            throw new DataException("--columns", options.TooManyColumns(options.RawColumns));
        var file = new RawFile(path, options);
        var (bytes, rowBytes) = (file.Length, (long)sizeof(float) * options.RawColumns);
        if (bytes % rowBytes != 0)
            throw new DataException(path, $"{bytes} bytes are no multiple of {options.RawColumns} float32");

        var roles = rolesOf(ColumnNames.Numbered(options.RawColumns));
        if (roles.Features.Length > 0 && roles.Features[^1] - roles.Features[0] != roles.Features.Length - 1)
            throw new DataException(path,
                "the features of a row of raw floats must lie together: label, weight and offset go before or after them");
        var rows = bytes / rowBytes;
        if (rows == 0)
            yield return Block(0, 0, options.Shift);

        // Whole slices, so that threads and accumulators find their borders within one block.
        var most = Math.Max(1, options.RowsOfABlock(options.RawColumns) / SliceRows) * SliceRows;
        if ((long)most * options.RawColumns > Array.MaxLength)
            throw new DataException(path, $"{SliceRows} rows of {options.RawColumns} columns are more than one array holds");
        var shift = options.Shift;
        if (shift is null && options.ChoosesShift && roles.Features.Length > options.FineColumns)
            shift = ShiftOf(file, options.RawColumns, roles.Features, (int)Math.Min(rows, ColumnShift.SampleRows));
        for (var start = 0L; start < rows; start += most)
            yield return Block(start, (int)Math.Min(most, rows - start), shift);

        Dataset Block(long start, int count, double[]? shift)
        {
            var (labels, weights, offset) = Columns(file, options.RawColumns, roles, start, count);
            var first = roles.Features.Length > 0 ? roles.Features[0] : 0;
            var values = new Rows(file, options.RawColumns, start, first, roles.Features.Length, shift);
            return new(path, values, count, options.RawColumns, roles.FeatureNames)
            {
                Labels = labels,
                SampleWeights = weights,
                Offset = offset,
                Shift = shift,
                SkipsNaN = options.SkipsNaN,
            };
        }
    }

    /// <summary>One block in memory, which every optimiser takes, if the limit allows; the blocks as they are otherwise.</summary>
    internal static IReadOnlyList<Dataset> InMemoryIfItFits(Dataset[] blocks, ReadOptions options)
    {
        var values = blocks.Sum(block => (long)block.Rows) * blocks[0].Stride;
        return values > Array.MaxLength || values * sizeof(float) > options.MaxBytes ? blocks : [Concatenation.Of(blocks, options)];
    }

    // For searches in float32 alone. Of fewer columns the fit has the last word in float64, and it says which columns are coarse, which
    // is not to be seen once they are shifted. Rounded to float32, and so the difference from a value near it is exact. The rows are
    // fewer than those of a block, and the same however much memory there is.
    private static double[]? ShiftOf(RawFile file, int columns, int[] features, int rows)
    {
        var sample = new float[rows * columns];
        file.Read(0, sample);
        var shift = ColumnShift.Of(features.Length, rows, (row, column) => sample[(row * columns) + features[column]]);
        return shift is null ? null : Array.ConvertAll(shift, value => (double)(float)value);
    }

    // Label, weight and offset of every row: a number each, which stay in memory.
    private static (float[]? Labels, float[]? Weights, float[]? Offset) Columns(
        RawFile file, int columns, ColumnRoles roles, long start, int count)
    {
        float[]? Room(int column) => column < 0 ? null : new float[count];
        var (labels, weights, offset) = (Room(roles.Target), Room(roles.Weight), Room(roles.Offset));
        if ((labels ?? weights ?? offset) is null || count == 0)
            return (labels, weights, offset);
        var all = file.Read(start * columns, count * columns);
        for (var i = 0; i < count; i++)
        {
            var row = all.Slice(i * columns, columns);
            labels?[i] = row[roles.Target];
            weights?[i] = row[roles.Weight];
            offset?[i] = row[roles.Offset];
        }

        return (labels, weights, offset);
    }

    /// <summary>Rows of a file less their shift: from the first feature of the first to the last of the last, with what lies
    /// between.</summary>
    private sealed class Rows(RawFile file, int columns, long firstRow, int firstFeature, int features, double[]? shift) : IRows
    {
        public ReadOnlySpan<float> Read(int start, int count)
        {
            if (count == 0 || features == 0)
                return default;
            var values = file.Read(((firstRow + start) * columns) + firstFeature, ((count - 1) * columns) + features);
            for (var j = 0; j < features && shift is not null; j++)
            {
                for (var at = j; at < values.Length && shift[j] != 0; at += columns)
                    values[at] = (float)(values[at] - shift[j]);
            }

            return values;
        }
    }
}
