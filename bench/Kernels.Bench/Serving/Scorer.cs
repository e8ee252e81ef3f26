namespace Kernels.Bench.Serving;

/// <summary>Something that gives the mean of each row of a batch, into memory that is there.</summary>
internal abstract class Scorer(string name) : IDisposable
{
    internal string Name { get; } = name;

    /// <summary>Scores a batch; the means are those of the rows in order, <see cref="Step"/> floats apart from <see cref="First"/>
    /// on.</summary>
    internal abstract float[] Score(int batch);

    internal virtual int First => 0;

    internal virtual int Step => 1;

    public virtual void Dispose() => GC.SuppressFinalize(this);
}
