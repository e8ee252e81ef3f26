using System.Diagnostics;
using Kernels.Links;

namespace Kernels.Training.Fits;

/// <summary>
/// Where a large fit begins: the optimum of a sixteenth of its rows, which is some four standard errors away in each direction, for a
/// sixteenth of the passes that would come as far.
/// </summary>
/// <remarks>100,000 × 30: four evaluations of all rows instead of six (<c>bench -- fit</c>). Without an optimum, or with one that is no
/// better than the null model, the fit begins as it would have; so it does where the caller leaves few passes.</remarks>
internal static class SampleStart
{
    private const int MostPasses = 15;

    // In standard errors of the sample.
    private const double Tolerance = 0.3;

    /// <summary>The start, in the coordinates of the fit, and about what the Hessian of all rows will be there, empty if there is none;
    /// and how many passes over all rows it took, rounded up.</summary>
    internal static (double[] At, double[] Hessian, int Passes) Of<TLink>(
        in FitData<TLink> data, ColumnScan scan, FitOptions options, double intercept, double nullDeviance)
        where TLink : struct, ILink
    {
        // With the identity link one step is all there is.
        if (!data.CanBeSampled || options.MaxPasses < MostPasses || typeof(TLink) == typeof(Identity))
            return ([], [], 0);
        var part = FitData<TLink>.SamplePart;
        var limited = options with { L1 = options.L1 * part, L2 = options.L2 * part, Tolerance = Tolerance, MaxPasses = MostPasses };
        var fit = new NewtonFit<TLink>(limited, scan, data.HasIntercept, Stopwatch.StartNew(), progress: null);
        var sample = data.Sample();
        var status = fit.Run(sample, [], intercept, nullDeviance);
        var passes = (int)Math.Ceiling(fit.Passes * part);
        if (status is not (FitStatus.Optimum or FitStatus.Collinear))
            return ([], [], passes);
        var times = (double)data.Rows / sample.Rows;
        return (fit.Current.At, Array.ConvertAll(fit.Current.Hessian, element => element * times), passes);
    }
}
