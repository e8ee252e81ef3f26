using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Kernels.Lanes;

namespace Kernels.Sums;

/// <summary>Threads that wait for work, spinning for a while before they sleep, and memory that stays theirs between calls.</summary>
/// <remarks>
/// A job is open while its caller works on it: threads enter while it is open, and the caller, done itself, closes it and waits for those
/// inside. A thread that sleeps too long, or has lost its processor, finds it closed and goes back to waiting; the job never waits for it.
/// </remarks>
internal sealed class Crew : IDisposable
{
    // In the state: the job is open; above it the number of the job; below it the threads inside.
    private const int JobShift = 17;
    private const long NextJob = 1L << JobShift;
    private const long IsOpen = NextJob / 2;

    private readonly Lock _callers = new();
    private readonly object _bed = new();
    private readonly Thread[] _threads;
    private readonly long _patience;
    private readonly List<Job> _jobs = [];
    private readonly (NativeFloats? Floats, nint Count)[] _memory = new (NativeFloats? Floats, nint Count)[2];
    private Job? _job;
    private ExceptionDispatchInfo? _failure;
    private long _state;
    private int _sleepers;
    private volatile bool _isDisposed;

    /// <param name="members">The caller counted.</param>
    /// <param name="spin">How long a thread without work spins.</param>
    internal Crew(int members, TimeSpan spin)
    {
        Members = members;
        _patience = (long)(spin.TotalSeconds * Stopwatch.Frequency);
        _threads = new Thread[members - 1];
        for (var i = 0; i < _threads.Length; i++)
        {
            var member = i + 1;
            _threads[i] = new Thread(() => Live(member)) { IsBackground = true, Name = $"Kernels {member}" };
            _threads[i].Start();
        }
    }

    internal int Members { get; }

    /// <summary>Takes the crew for a call, or false where another call has it.</summary>
    internal bool TryEnter()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_callers.IsHeldByCurrentThread || !_callers.TryEnter())
            return false;
        if (!_isDisposed)
            return true;
        _callers.Exit(); // by somebody else, meanwhile
        throw new ObjectDisposedException(nameof(Crew));
    }

    internal void Exit() => _callers.Exit();

    /// <summary>A job of this type, the same one in every call.</summary>
    internal T JobOf<T>()
        where T : Job, new()
    {
        foreach (var job in _jobs)
        {
            if (job is T same)
                return same;
        }

        var made = new T();
        _jobs.Add(made);
        return made;
    }

    /// <summary>So many floats, with whatever is in them, until the next call asks for more.</summary>
    internal Floats Memory(Use use, nint floats)
    {
        ref var place = ref _memory[(int)use];
        if (place.Floats is null || place.Count < floats)
        {
            place.Floats?.Dispose();
            place = default;
            place = (new(floats), floats);
        }

        return place.Floats.Start;
    }

    /// <summary>Runs a job on the caller and on whoever comes; throws what it threw.</summary>
    internal void Run(Job job)
    {
        (_job, _failure) = (job, null);
        Interlocked.Add(ref _state, NextJob + IsOpen);
        if (Volatile.Read(ref _sleepers) > 0)
        {
            lock (_bed)
                Monitor.PulseAll(_bed);
        }

        Do(job, 0);
        Interlocked.Add(ref _state, -IsOpen);
        var wait = default(SpinWait);
        while ((Volatile.Read(ref _state) & (IsOpen - 1)) != 0)
            wait.SpinOnce(sleep1Threshold: -1);
        _failure?.Throw();
    }

    /// <summary>Ends the threads, after a call that is at work.</summary>
    public void Dispose()
    {
        lock (_callers)
        {
            if (_isDisposed)
                return;
            _isDisposed = true;
            lock (_bed)
                Monitor.PulseAll(_bed);
            foreach (var thread in _threads)
                thread.Join();
            foreach (ref var place in _memory.AsSpan())
            {
                place.Floats?.Dispose();
                place = default;
            }
        }
    }

    private static long JobOf(long state) => state >> JobShift;

    private void Live(int member)
    {
        for (long last = 0; WaitForJobAfter(last);)
        {
            if (!TryGoIn(out last))
                continue;
            Do(_job!, member);
            Interlocked.Decrement(ref _state);
        }
    }

    private bool TryGoIn(out long job)
    {
        for (var state = Volatile.Read(ref _state); ;)
        {
            job = JobOf(state);
            if ((state & IsOpen) == 0)
                return false;
            var seen = Interlocked.CompareExchange(ref _state, state + 1, state);
            if (seen == state)
                return true;
            state = seen;
        }
    }

    // False when there will be no more.
    private bool WaitForJobAfter(long last)
    {
        var start = Stopwatch.GetTimestamp();
        while (JobOf(Volatile.Read(ref _state)) == last)
        {
            if (_isDisposed)
                return false;
            if (Stopwatch.GetTimestamp() - start < _patience)
                Thread.SpinWait(8);
            else
                Sleep(last);
        }

        return !_isDisposed;
    }

    private void Sleep(long last)
    {
        lock (_bed)
        {
            // A caller either sees the sleeper, or was here before and is seen.
            Interlocked.Increment(ref _sleepers);
            while (JobOf(Volatile.Read(ref _state)) == last && !_isDisposed)
                Monitor.Wait(_bed);
            Interlocked.Decrement(ref _sleepers);
        }
    }

    private void Do(Job job, int member)
    {
        try
        {
            job.Run(member);
        }
#pragma warning disable CA1031 // the caller throws it again
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(exception), null);
        }
    }
}
