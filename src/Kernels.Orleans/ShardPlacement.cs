using Orleans.Placement;
using Orleans.Runtime;
using Orleans.Runtime.Placement;

namespace Kernels.Orleans;

/// <summary>A grain is where its key says, or nowhere.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class ShardPlacementAttribute() : PlacementAttribute(new ShardPlacement());

/// <summary>See <see cref="ShardPlacementAttribute"/>.</summary>
[Serializable]
internal sealed class ShardPlacement : PlacementStrategy;

/// <summary>See <see cref="ShardPlacementAttribute"/>.</summary>
internal sealed class ShardPlacementDirector : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var silo = ShardKey.Parse(target.GrainIdentity.Key.ToString()!).Silo;
        return Array.IndexOf(context.GetCompatibleSilos(target), silo) >= 0
            ? Task.FromResult(silo)
            : throw new SiloUnavailableException($"The silo {silo} is gone.");
    }
}
