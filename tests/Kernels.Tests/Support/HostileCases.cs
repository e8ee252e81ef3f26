using System.Globalization;

namespace Kernels.Tests.Support;

/// <summary>How many cases a seeded suite of hostile inputs takes: KERNELS_HOSTILE_FACTOR times as many for a long run, which begins with
/// the same ones.</summary>
internal static class HostileCases
{
    internal static int Of(int cases) => Grid.IsThinned
        ? cases / 10
        : cases * (int.TryParse(Environment.GetEnvironmentVariable("KERNELS_HOSTILE_FACTOR"), CultureInfo.InvariantCulture, out var factor)
            ? factor
            : 1);
}
