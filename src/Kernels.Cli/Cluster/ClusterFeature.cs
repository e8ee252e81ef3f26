using System.Diagnostics.CodeAnalysis;
using Kernels.Cli.Data;

namespace Kernels.Cli.Cluster;

/// <summary>Whether this build has clusters: the native file has none, since no assembly of Orleans is made for NativeAOT.</summary>
internal static class ClusterFeature
{
    internal const string Reason = "Orleans finds its parts by reflection.";

    private const string Switch = "Kernels.Cli.Clusters";

    // False to the compiler of the native file (Kernels.Cli.csproj sets it), which leaves out what is behind it.
    [FeatureSwitchDefinition(Switch)]
    [FeatureGuard(typeof(RequiresDynamicCodeAttribute))]
    [FeatureGuard(typeof(RequiresUnreferencedCodeAttribute))]
#pragma warning disable IL4000 // It is false wherever reflection is not whole, since the project sets the switch there.
    internal static bool IsSupported => !AppContext.TryGetSwitch(Switch, out var isOn) || isOn;
#pragma warning restore IL4000

    internal static DataException Missing() =>
        new("clusters", "are not in the native file; the tool has them (dotnet tool install GlmKernels.Tool)");
}
