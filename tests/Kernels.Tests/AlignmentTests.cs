using System.Runtime.CompilerServices;
using Kernels.Links;
using Kernels.Tests.Support;

namespace Kernels.Tests;

/// <summary>
/// Rows that start alike in their lines are read from the start of the line, wherever that is, and what lies before them is no part of
/// them: not even where it is ∞ or NaN, which 0 does not multiply away.
/// </summary>
public class AlignmentTests
{
    private const int Line = 16;

    // Rows, columns, stride: a shape for each loop that may read from the start of lines, and for each of its lags.
    public static TheoryData<int, int, int> Shapes => new()
    {
        { 150, 72, 72 }, { 150, 80, 80 }, { 131, 100, 112 }, { 2_100, 128, 128 }, { 300, 176, 176 }, { 120, 200, 216 }, { 101, 250, 256 },
        { 1_059, 256, 256 }, { 101, 320, 320 }, { 300, 1_000, 1_000 }, { 290, 1_008, 1_008 },
    };

    // Where a multiply-add is a call nothing is read from the start of a line, and all of it would take a quarter of an hour.
    private static int RowStep => Grid.IsThinned ? 43 : 3;

    private static int StartStep => Grid.IsThinned ? 5 : 1;

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Wherever_rows_start_in_their_lines_the_bits_are_those_of_blocks(int rows, int columns, int stride)
    {
        for (var start = 0; start < Line; start += StartStep)
        {
            var p = new Rows(rows, columns, stride, start, intercept: start % 2 != 0);
            p.Check<Logit>($"start {start}");
            p.Check<Identity>($"start {start}");
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Infinity_stays_in_its_row(int rows, int columns, int stride)
    {
        foreach (var start in new[] { 0, 5, 8, 15 })
        {
            for (var row = 0; row < Math.Min(rows, 130); row += RowStep)
            {
                var p = new Rows(rows, columns, stride, start, intercept: row % 2 != 0);
                p[row, columns - 1] = float.PositiveInfinity;
                p[row, columns - 2] = 2f;
                p.Check<Logit>($"start {start}, row {row}");
            }
        }
    }

    [Theory]
    [InlineData(150, 80, 96)]
    [InlineData(150, 129, 144)]
    [InlineData(1_059, 241, 256)]
    [InlineData(133, 300, 320)]
    public void What_lies_between_rows_is_no_part_of_them(int rows, int columns, int stride)
    {
        foreach (var start in new[] { 0, 4, 15 })
        {
            for (var row = 0; row < 130; row += Grid.IsThinned ? RowStep : 1)
            {
                var p = new Rows(rows, columns, stride, start, intercept: row % 2 != 0);
                p[row, stride - 1] = float.NaN;
                p.Check<Logit>($"start {start}, before row {row + 1}");
            }
        }
    }

    /// <summary>Rows that start some floats after the start of a line, among zeros.</summary>
    private sealed class Rows
    {
        private readonly float[] _memory;
        private readonly int _first;
        private readonly int _stride;
        private readonly Problem _p;
        private readonly float[] _sampleWeights;

        public Rows(int rows, int columns, int stride, int start, bool intercept)
        {
            _p = Problem.Random((ulong)(rows + columns), rows, columns, intercept, scale: 1f / MathF.Sqrt(columns));
            _stride = stride;
            _sampleWeights = [.. Enumerable.Range(0, rows).Select(i => i % 5 * 0.5f)];
            _memory = GC.AllocateArray<float>((rows * stride) + (3 * Line), pinned: true);
            _first = Line + start + FloatsToLine(_memory);
            for (var i = 0; i < rows; i++)
                _p.X.Row(i).CopyTo(_memory.AsSpan(_first + (i * stride)));
        }

        public ref float this[int row, int column] => ref _memory[_first + (row * _stride) + column];

        public void Check<TLink>(string what)
            where TLink : struct, ILink
        {
            var data = Data(_memory, _first);
            var sum = new GradientAccumulator<TLink>(_p.Weights, _p.HasIntercept);
            for (var row = 0; row < _p.Rows; row += 48)
                sum.Add(data.Slice(row, Math.Min(48, _p.Rows - row))); // so few go by blocks, as they lie
            var expected = new float[_p.Gradient.Length];
            var loss = sum.Gradient(expected).Loss;
            Normalize(expected);
            Assert.True(expected.Any(float.IsFinite), what);

            // The same rows from the start of a line on.
            var aligned = GC.AllocateArray<float>(_memory.Length, pinned: true);
            var first = Line + FloatsToLine(aligned);
            _memory.AsSpan(_first, _memory.Length - (3 * Line)).CopyTo(aligned.AsSpan(first));
            var alignedData = Data(aligned, first);
            foreach (var engine in Engine.Supported)
            {
                if (engine.Name == "Scalar" && (Grid.IsThinned || _memory.Length > 20_000))
                    continue; // slow, more so where a fused multiply-add is a call
                var name = $"{typeof(TLink).Name} {engine} {_p.Rows}x{_p.Columns}, stride {_stride}, {what}";
                var outputs = Outputs<TLink>(engine, data);
                Bits.Equal([.. expected, (float)Normal(loss)], outputs.AsSpan(0, expected.Length + 1), $"{name}, gradient");
                Bits.Equal(Outputs<TLink>(engine, alignedData), outputs, $"{name}, aligned or not");
            }
        }

        private Observations Data(float[] memory, int first)
        {
            var x = new DesignMatrix(memory.AsSpan(first, ((_p.Rows - 1) * _stride) + _p.Columns), _p.Rows, _p.Columns, _stride,
                _p.HasIntercept);
            return new(x, _p.Y) { Offset = _p.HasIntercept ? _p.Y : null };
        }

        // Gradient and loss; the loss alone; both of weighted rows; what depends on second derivatives; predictions.
        private float[] Outputs<TLink>(Engine engine, in Observations data)
            where TLink : struct, ILink
        {
            var g = _p.Gradient;
            var weighted = data with { SampleWeights = _sampleWeights };
            var skipping = data with { RowsWithNaN = RowsWithNaN.Skip };
            List<float> all = [];
            Add(engine.Gradient<TLink>(data, _p.Weights, g).Loss);
            all.Add((float)Normal(engine.Loss<TLink>(data, _p.Weights).Loss));
            Add(engine.Gradient<TLink>(weighted, _p.Weights, g).Loss);
            Add(engine.Gradient<TLink>(skipping, _p.Weights, g).Loss);
            Add(engine.HessianProduct<TLink>(data, _p.Weights, [.. _p.Weights.Reverse()], g).Loss);
            Add(engine.HessianDiagonal<TLink>(data, _p.Weights, g).Loss);
            g = new float[_p.Rows];
            engine.Predict<TLink>(data.X, _p.Weights, g);
            Add(0);
            return [.. all];

            void Add(double loss)
            {
                Normalize(g);
                all.AddRange([.. g, (float)Normal(loss)]);
            }
        }

        private static double Normal(double value) => double.IsNaN(value) ? double.NaN : value;

        // The sign of NaN is nobody's promise.
        private static void Normalize(Span<float> values)
        {
            foreach (ref var value in values)
                value = float.IsNaN(value) ? float.NaN : value;
        }

        private static unsafe int FloatsToLine(float[] pinned) =>
            (int)(-(nint)Unsafe.AsPointer(ref pinned[0]) / sizeof(float)) & (Line - 1);
    }
}
