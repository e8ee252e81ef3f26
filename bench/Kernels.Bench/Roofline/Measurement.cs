namespace Kernels.Bench.Roofline;

/// <summary>One line of the table: what a contender took for an operation on a shape.</summary>
internal sealed record Measurement(Shape Shape, int Threads, string Contender, Operation Operation, double Nanoseconds, double RatioToRead,
    double? RelativeError)
{
    /// <summary>Bytes of X a nanosecond, X counted once.</summary>
    internal double GigabytesPerSecond => Shape.Bytes / Nanoseconds;
}
