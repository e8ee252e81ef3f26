using Kernels.Sums;

namespace Kernels;

/// <summary>
/// Threads of its own that wait for the next call: the <see cref="ParallelOptions"/> for many calls in short order, as in training. A
/// call begins on all of them within a microsecond while they spin, uses memory that is kept, and allocates nothing.
/// </summary>
/// <remarks>
/// <para>Give it to any member that takes a <see cref="ParallelOptions"/>. Threads of the pool cost a call some 5 µs on two processors,
/// and many times that on many; so members that are given a team use several threads from 256 KiB of X on instead of from 1 MiB. Few
/// and long rows (fewer slices of 1024 rows than twice the threads, from 256 columns and 1 MiB on) go as a wave of blocks of rows, with a
/// team or without. The bits are those of one thread, always.</para>
/// <para>A thread without work spins for <see cref="SpinTime"/>, and then sleeps: it costs nothing until a call wakes it, which takes
/// some ten microseconds in which the caller works alone. Threads are background threads; take no more than there are processors. A
/// call never waits for a thread that does not come.</para>
/// <para>One call at a time has the team; a call that finds it taken runs on its own thread alone. <see
/// cref="ParallelOptions.TaskScheduler"/> is not used; <see cref="ParallelOptions.MaxDegreeOfParallelism"/> is the number of threads
/// and may be lowered to 1, which leaves the team out; <see cref="ParallelOptions.CancellationToken"/> is as ever. Whoever else is
/// given it, such as <see cref="Parallel"/>, takes it for plain options. Where a process may use part of a machine (a container), <see
/// cref="Environment.ProcessorCount"/> says how much.</para>
/// </remarks>
public sealed class ThreadTeam : ParallelOptions, IDisposable
{
    private static readonly TimeSpan UsualSpinTime = TimeSpan.FromMicroseconds(50);

    /// <summary>One thread for each processor of the process.</summary>
    public ThreadTeam()
        : this(Environment.ProcessorCount)
    {
    }

    /// <summary>So many threads, which spin for 50 µs without work.</summary>
    /// <param name="threads">How many work on a call, the caller's counted: 1 to 1024.</param>
    public ThreadTeam(int threads)
        : this(threads, UsualSpinTime)
    {
    }

    /// <summary>So many threads.</summary>
    /// <param name="threads">How many work on a call, the caller's counted: 1 to 1024.</param>
    /// <param name="spinTime">How long a thread without work spins before it sleeps: 0 to 1 s.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public ThreadTeam(int threads, TimeSpan spinTime)
    {
        Guard.Team(threads, spinTime);
        (MaxDegreeOfParallelism, SpinTime) = (threads, spinTime);
        Crew = new(threads, spinTime);
    }

    /// <summary>How long a thread without work spins before it sleeps.</summary>
    public TimeSpan SpinTime { get; }

    internal Crew Crew { get; }

    /// <summary>Ends the threads and frees the memory, after a call that is at work. Calls after it throw.</summary>
    public void Dispose() => Crew.Dispose();
}
