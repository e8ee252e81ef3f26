using Kernels.Sums;

namespace Kernels.Passes;

/// <summary>The crew of a team for the time of a call.</summary>
internal readonly ref struct CrewLease
{
    internal CrewLease(ParallelOptions options)
    {
        Crew = options.MaxDegreeOfParallelism == 1 ? null : (options as ThreadTeam)?.Crew;
        IsRefused = Crew is not null && !Crew.TryEnter();
    }

    /// <summary>The crew; null for plain options.</summary>
    internal Crew? Crew { get; }

    /// <summary>Whether another call has it.</summary>
    internal bool IsRefused { get; }

    public void Dispose()
    {
        if (!IsRefused)
            Crew?.Exit();
    }
}
