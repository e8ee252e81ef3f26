using Kernels.Links;
using Kernels.Orleans;
using Kernels.Training;

namespace Kernels.Tests.Support;

/// <summary>A problem, a folder for its parts, and fits of both to compare.</summary>
public abstract class ShardedProblem : IDisposable
{
    private protected const int Rows = 20_000;
    private protected const int Columns = 7;

    private protected string Folder { get; } = Directory.CreateTempSubdirectory("kernels-cluster").FullName;

    public void Dispose()
    {
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    private protected static void Check(WeightedProblem p, ShardCluster cluster)
    {
        foreach (var options in new FitOptions[] { new() { RobustErrors = true }, new() { L1 = 3 } })
        {
            var (expected, actual) = (Fitter.Fit<Logit>(p.Data, options), Fitter.FitShards<Logit>(cluster, options));
            Assert.Equal(expected.Coefficients.Select(BitConverter.DoubleToInt64Bits),
                actual.Coefficients.Select(BitConverter.DoubleToInt64Bits));
            Assert.Equal(expected.Covariance.Select(BitConverter.DoubleToInt64Bits),
                actual.Covariance.Select(BitConverter.DoubleToInt64Bits));
        }

        var (one, many) = (new float[Columns + 1], new float[Columns + 1]);
        Lbfgs.Minimize<Logit>(p.Data, one, new() { MaxIterations = 30 });
        Lbfgs.MinimizeShards<Logit>(cluster, many, new() { MaxIterations = 30 });
        Bits.Equal(one, many, "L-BFGS");
        GradientDescent.Minimize<Logit>(p.Data, one, new() { MaxIterations = 30 });
        GradientDescent.MinimizeShards<Logit>(cluster, many, new() { MaxIterations = 30 });
        Bits.Equal(one, many, "gradient descent");
    }

    private protected static WeightedProblem Problem(int columns = Columns) =>
        new(5, DoubleOracle.Model.Logistic, Rows, columns, scale: 1f);

    private protected string Write(WeightedProblem p, int rowsOfAPart)
    {
        var path = Path.Combine(Folder, "manifest.json");
        var features = Enumerable.Range(0, Columns).Select(j => $"x{j}").ToArray();
        ShardWriter.Write(new Blocks(p), path, new() { Features = features, Parts = [] }, rowsOfAPart);
        return path;
    }

    private sealed class Blocks(WeightedProblem p) : ObservationBlocks
    {
        public override long Rows => p.P.Rows;

        public override int Columns => p.P.Columns;

        public override bool HasIntercept => p.P.HasIntercept;

        public override Observations Read(long start, int most) => p.Data.Slice((int)start, Math.Min(most, p.P.Rows - (int)start));
    }
}
