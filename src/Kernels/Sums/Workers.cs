using Kernels.Lanes;

namespace Kernels.Sums;

/// <summary>Who does the work of a call, and how it is shared out.</summary>
/// <param name="Options">How many at most, and when to stop.</param>
/// <param name="Crew">Threads that wait; null for those of the runtime's pool.</param>
/// <param name="Sharing">How; chosen by <see cref="Sharings"/>, or forced by a test.</param>
internal readonly record struct Workers(ParallelOptions Options, Crew? Crew, Sharing Sharing)
{
    /// <summary>Threads, the caller counted; no more than there are processors, where they are not the caller's own crew.</summary>
    internal int Members => MembersOf(Options, Crew);

    internal CancellationToken Token => Options.CancellationToken;

    internal static int MembersOf(ParallelOptions options, Crew? crew)
    {
        if (crew is not null)
            return crew.Members;
        var (most, there) = (options.MaxDegreeOfParallelism, Environment.ProcessorCount);
        return most == -1 ? there : Math.Min(most, there);
    }

    /// <summary>A job to be filled in.</summary>
    internal T JobOf<T>()
        where T : Job, new() => Crew?.JobOf<T>() ?? new T();

    /// <summary>Room for a job, for as long as it is not disposed of.</summary>
    internal Room RoomOf(Use use, nint floats) =>
        Crew is null ? Room.Own(new NativeFloats(floats)) : Room.Lent(Crew.Memory(use, floats));

    /// <summary>Calls <paramref name="body"/> for each of some numbers.</summary>
    internal void For(int count, Action<int> body)
    {
        var job = JobOf<ActionsJob>();
        job.Begin(count, body, Token);
        try
        {
            Run(job);
        }
        finally
        {
            job.Begin(0, static _ => { }, default); // a crew keeps the job, and should not keep what the body holds
        }
    }

    /// <summary>Runs a job; throws where it was cancelled.</summary>
    internal void Run(Job job)
    {
        if (Crew is not null)
            Crew.Run(job);
        else if (Members == 1)
            job.Run(0);
        else
            Parallel.For(0, Members, Options, job.Run);
        Token.ThrowIfCancellationRequested();
    }

    /// <summary>Memory that is the crew's, or freed.</summary>
    internal readonly struct Room : IDisposable
    {
        private readonly NativeFloats? _own;

        private Room(NativeFloats? own, Floats start) => (_own, Start) = (own, start);

        internal Floats Start { get; }

        internal static Room Own(NativeFloats own) => new(own, own.Start);

        internal static Room Lent(Floats start) => new(null, start);

        public void Dispose() => _own?.Dispose();
    }
}

/// <summary>What room is for: each use has its own.</summary>
internal enum Use
{
    /// <summary>What a job works in.</summary>
    Job,

    /// <summary>A gradient that is not the caller's.</summary>
    Gradient,
}
