namespace Kernels.Sums;

/// <summary>Work that threads do together. Each runs it; it returns when there is nothing left to claim, and bears threads that come late
/// or not at all.</summary>
internal abstract class Job
{
    /// <summary>Does what there is to claim.</summary>
    /// <param name="member">Which of the threads this is: 0 to <see cref="Workers.Members"/> − 1. Nobody else is it meanwhile.</param>
    internal abstract void Run(int member);
}
