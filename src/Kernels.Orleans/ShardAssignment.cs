namespace Kernels.Orleans;

/// <summary>Which silo holds which shard: even, in neighbouring runs, and with as few moves as a change of the silos allows.</summary>
internal sealed class ShardAssignment<TSilo>(int shards)
    where TSilo : class
{
    private readonly TSilo?[] _owners = new TSilo?[shards];

    /// <summary>Shards that moved from one silo to another.</summary>
    internal int Moves { get; private set; }

    internal TSilo OwnerOf(int shard) => _owners[shard]!;

    /// <summary>Gives all shards to silos that are there.</summary>
    internal void Update(IReadOnlyList<TSilo> silos)
    {
        var loads = silos.ToDictionary(silo => silo, _ => 0);
        var orphans = new List<int>();
        for (var i = 0; i < shards; i++)
        {
            // Beyond its share a silo keeps none: silos that came later have to get theirs.
            var most = MostOf(loads.Count);
            if (_owners[i] is { } owner && loads.TryGetValue(owner, out var load) && load < most)
                loads[owner] = load + 1;
            else
                orphans.Add(i);
        }

        var at = 0;
        foreach (var silo in silos)
        {
            for (; at < orphans.Count && loads[silo] < MostOf(silos.Count); at++)
            {
                Moves += _owners[orphans[at]] is null ? 0 : 1;
                _owners[orphans[at]] = silo;
                loads[silo]++;
            }
        }
    }

    /// <summary>The shards that are still to be answered, by silo: first, end, first, end…</summary>
    internal Dictionary<TSilo, int[]> Runs(IReadOnlySet<int> pending)
    {
        var runs = new Dictionary<TSilo, List<int>>();
        for (var i = 0; i < shards; i++)
        {
            if (!pending.Contains(i))
                continue;
            if (!runs.TryGetValue(OwnerOf(i), out var list))
                runs[OwnerOf(i)] = list = [];
            if (list.Count > 0 && list[^1] == i)
                list[^1] = i + 1;
            else
                list.AddRange([i, i + 1]);
        }

        return runs.ToDictionary(run => run.Key, run => run.Value.ToArray());
    }

    private int MostOf(int silos) => (shards + silos - 1) / silos;
}
