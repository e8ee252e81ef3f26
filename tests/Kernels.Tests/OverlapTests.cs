using System.Runtime.InteropServices;
using Kernels.Links;
using Kernels.Loops;
using Kernels.Passes;
using Kernels.Training;

namespace Kernels.Tests;

/// <summary>Every span that a public member writes against every span that it reads, at every distance in bytes: shared memory is refused
/// by name before anything is written.</summary>
public class OverlapTests
{
    private const int N = 6;
    private const int D = 4;
    private const int Room = 160; // bytes: the largest span, and a gap
    private static readonly string[] Slots = ["x", "y", "w", "s", "o", "v", "out"];

    // Written, what is read, and the call. "w" is written by the members that work in place.
    private static readonly (string Name, string Written, string Parameter, string[] Read, Member Call)[] Members =
    [
        ("Predict", "out", "destination", ["x", "w"], (in s) => LogisticRegression.Predict(s.X, s["w", D], s["out", N])),
        ("Margin", "out", "destination", ["x", "w"], (in s) => LogisticRegression.Margin(s.X, s["w", D], s["out", N])),
        ("Predict on threads", "out", "destination", ["x", "w"], (in s) =>
            LogisticRegression.Predict(s.X, s["w", D], s["out", N], new ParallelOptions())),
        ("Predict with offset", "out", "destination", ["x", "w", "o"], (in s) =>
            PoissonRegression.Predict(s.X, s["w", D], s["o", N], s["out", N])),
        ("Margin with offset", "out", "destination", ["x", "w", "o"], (in s) =>
            PoissonRegression.Margin(s.X, s["w", D], s["o", N], s["out", N])),
        ("Gradient", "out", "gradient", ["x", "y", "w"], (in s) => LogisticRegression.Gradient(s.X, s["y", N], s["w", D], s["out", D])),
        ("Gradient on threads", "out", "gradient", ["x", "y", "w"], (in s) =>
            LogisticRegression.Gradient(s.X, s["y", N], s["w", D], s["out", D], new ParallelOptions())),
        ("GradientOnly", "out", "gradient", ["x", "y", "w"], (in s) =>
            LinearRegression.GradientOnly(s.X, s["y", N], s["w", D], s["out", D])),
        ("Gradient of observations", "out", "gradient", ["x", "y", "w", "s", "o"], (in s) =>
            LogisticRegression.Gradient(s.Data, s["w", D], s["out", D])),
        ("Step", "w", "weights", ["x", "y"], (in s) => LogisticRegression.Step(s.X, s["y", N], s["w", D], 0f)),
        ("Step on threads", "w", "weights", ["x", "y"], (in s) =>
            LogisticRegression.Step(s.X, s["y", N], s["w", D], 0f, new ParallelOptions())),
        ("Step of observations", "w", "weights", ["x", "y", "s", "o"], (in s) => LogisticRegression.Step(s.Data, s["w", D], 0f)),
        ("HessianProduct", "out", "product", ["x", "y", "w", "s", "o", "v"], (in s) =>
            LogisticRegression.HessianProduct(s.Data, s["w", D], s["v", D], s["out", D])),
        ("HessianDiagonal", "out", "diagonal", ["x", "y", "w", "s", "o"], (in s) =>
            LogisticRegression.HessianDiagonal(s.Data, s["w", D], s["out", D])),
        ("GradientErrorBound", "out", "bound", ["x", "y", "w"], (in s) =>
            LogisticRegression.GradientErrorBound(s.X, s["y", N], s["w", D], s.Doubles("out", D))),
        ("GradientErrorBound of observations", "out", "bound", ["x", "y", "w", "s", "o"], (in s) =>
            LogisticRegression.GradientErrorBound(s.Data, s["w", D], s.Doubles("out", D))),
        ("GradientDescent", "w", "weights", ["x", "y", "s", "o"], (in s) => GradientDescent.Minimize<Logit>(s.Data, s["w", D], new()
        {
            MaxIterations = 0,
        })),
        ("Lbfgs", "w", "weights", ["x", "y", "s", "o"], (in s) => Lbfgs.Minimize<Logit>(s.Data, s["w", D], new() { MaxIterations = 0 })),
        ("Newton", "w", "weights", ["x", "y", "s", "o"], (in s) => Newton.Minimize<Logit>(s.Data, s["w", D], new() { MaxIterations = 0 })),
        ("StochasticGradientDescent", "w", "weights", ["x", "y", "s", "o"], (in s) =>
            StochasticGradientDescent.Minimize<Logit>(s.Data, s["w", D], new() { MaxIterations = 0 })),
        ("Observations.ThrowIfOverlaps", "w", "weights", ["x", "y", "s", "o"], (in s) => s.Data.ThrowIfOverlaps(s["w", D], "weights")),
        ("Sigmoid", "out", "destination", ["v"], (in s) => Elementwise.Sigmoid(s["v", D], s["out", D])),
        ("Exp", "out", "destination", ["v"], (in s) => Elementwise.Exp(s["v", D], s["out", D])),
        ("Softplus", "out", "destination", ["v"], (in s) => Elementwise.Softplus(s["v", D], s["out", D])),
    ];

    private delegate void Member(in Spans spans);

    public static TheoryData<string> Names => new(Members.Select(member => member.Name));

    [Theory]
    [MemberData(nameof(Names))]
    public void Shared_memory_is_refused_at_every_byte(string name)
    {
        var (_, written, parameter, read, call) = Members.Single(member => member.Name == name);
        var cases = 0;
        foreach (var other in read)
        {
            var probe = new Spans(new byte[(Slots.Length + 2) * Room]);
            call(probe);
            var (writtenBytes, readBytes) = (probe.Length(written), probe.Length(other));
            for (var distance = -writtenBytes - 2; distance <= readBytes + 2; distance++)
            {
                var bytes = new byte[(Slots.Length + 2) * Room];
                for (var i = 0; i < bytes.Length; i++)
                    bytes[i] = (byte)(i % 61); // small floats
                var before = (byte[])bytes.Clone();
                var spans = new Spans(bytes) { Moved = written, To = other, By = distance };
                var shared = distance > -writtenBytes && distance < readBytes
                    && !(name is "Sigmoid" or "Exp" or "Softplus" && distance == 0);
                var thrown = Try(call, spans);
                cases++;
                if (!shared)
                {
                    Assert.True(thrown is null, $"{name}: {written} at {distance} bytes from {other}: {thrown}");
                    continue;
                }

                Assert.True(thrown is ArgumentException, $"{name}: {written} at {distance} bytes from {other} is accepted, or {thrown}");
                Assert.Equal(parameter, ((ArgumentException)thrown).ParamName);
                Assert.Contains(parameter, thrown.Message, StringComparison.Ordinal);
                Assert.Matches("[0-9] (floats|doubles)", thrown.Message);
                Assert.Equal(before, bytes);
            }
        }

        Assert.InRange(cases, 30, int.MaxValue);
    }

    [Fact]
    public void Weights_in_the_blocks_that_they_are_fitted_to_are_refused()
    {
        foreach (var threads in new[] { 1, 2 })
        {
            var values = new float[N * D];
            var blocks = new Shared(values);
            foreach (var start in new[] { 0, 3, (N * D) - D })
            {
                if (threads > 1 && start >= D)
                    continue; // there the first piece alone is looked at
                Refused(() => GradientDescent.MinimizeBlocks<Logit>(blocks, values.AsSpan(start, D), new()
                {
                    MaxDegreeOfParallelism = threads,
                }));
                Refused(() => Lbfgs.MinimizeBlocks<Logit>(blocks, values.AsSpan(start, D), new() { MaxDegreeOfParallelism = threads }));
                Refused(() => StochasticGradientDescent.MinimizeBlocks<Logit>(blocks, values.AsSpan(start, D), new()
                {
                    MaxDegreeOfParallelism = threads,
                }));
                Assert.All(values, value => Assert.Equal(0f, value));
            }
        }

        static void Refused(Action call) => Assert.Equal("weights", Assert.Throws<ArgumentException>(call).ParamName);
    }

    private static Exception? Try(Member call, in Spans spans)
    {
        try
        {
            call(spans);
            return null;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return e;
        }
    }

    /// <summary>Spans by name, each in a room of its own, but for one that is moved to another's.</summary>
    private readonly ref struct Spans(byte[] bytes)
    {
        private readonly Dictionary<string, int> _lengths = [];

        public string Moved { get; init; } = string.Empty;

        public string To { get; init; } = string.Empty;

        public int By { get; init; }

        public DesignMatrix X => new(this["x", N * D], D);

        public Observations Data => new(X, this["y", N]) { SampleWeights = this["s", N], Offset = this["o", N] };

        public Span<float> this[string name, int count] => MemoryMarshal.Cast<byte, float>(Bytes(name, count * sizeof(float)));

        public Span<double> Doubles(string name, int count) => MemoryMarshal.Cast<byte, double>(Bytes(name, count * sizeof(double)));

        public int Length(string name) => _lengths[name];

        private Span<byte> Bytes(string name, int count)
        {
            _lengths[name] = count;
            var start = name == Moved ? StartOf(To) + By : StartOf(name);
            return bytes.AsSpan(start, count);
        }

        private static int StartOf(string name) => (Array.IndexOf(Slots, name) + 1) * Room;
    }

    private sealed class Shared(float[] values) : ObservationBlocks
    {
        private readonly float[] _targets = new float[N];

        public override long Rows => N;

        public override int Columns => D;

        public override bool HasIntercept => false;

        public override Observations Read(long start, int most) =>
            new Observations(new(values, D), _targets).Slice((int)start, Math.Min(2, Math.Min(most, N - (int)start)));
    }
}
