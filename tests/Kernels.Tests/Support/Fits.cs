using System.Globalization;
using Kernels.Links;
using Kernels.Training;

namespace Kernels.Tests.Support;

/// <summary>What the tests of fits share.</summary>
internal static class Fits
{
    /// <summary>Labels that the first two columns tell of, with noise.</summary>
    internal static Problem Random(ulong seed, int rows, int columns)
    {
        var random = new SplitMix(seed);
        var p = Problem.Random(seed, rows, columns, intercept: true);
        for (var i = 0; i < rows; i++)
            p.Y[i] = random.PlusMinusOne() < p[i, 0] - (0.5f * p[i, 1]) ? 1 : 0;
        return p;
    }

    internal static void Near(double expected, double actual, double within, string what) =>
        Assert.True(Math.Abs(expected - actual) <= within,
            string.Create(CultureInfo.InvariantCulture, $"{what} is {actual:R}, not {expected:R}"));

    internal static FitResult Fit(string link, in Observations data, FitOptions options) => link switch
    {
        "logit" => Fitter.Fit<Logit>(data, options),
        "identity" => Fitter.Fit<Identity>(data, options),
        _ => Fitter.Fit<Log>(data, options),
    };
}
