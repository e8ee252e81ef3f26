using Kernels.Cli.Data;
using Kernels.Links;
using Kernels.Training;

namespace Kernels.Cli.Training;

/// <summary>Rows that a fit does not see: those of another file, or a part of its own.</summary>
internal static class HeldOut
{
    /// <summary>Parts rows: each goes to one side by a hash of its number and the seed, so that a row's side does not depend on the
    /// others.</summary>
    /// <param name="data">All rows, in memory.</param>
    /// <param name="fraction">About how many are held out.</param>
    /// <param name="seed">Another seed, another part.</param>
    /// <exception cref="DataException">They are not in memory, or one side is empty.</exception>
    internal static (Datasets Training, Datasets Test) Split(Datasets data, double fraction, ulong seed)
    {
        if (data.Blocks is not [{ Values: RowsInMemory } all])
            throw new DataException("--test-fraction", "takes no data larger than --max-memory");
        var isTest = new bool[all.Rows];
        for (var i = 0; i < isTest.Length; i++)
            isTest[i] = Hash((ulong)i + (seed << 32)) < fraction;
        var (training, test) = (Part(all, isTest, side: false), Part(all, isTest, side: true));
        if (training.Rows == 0 || test.Rows == 0)
            throw new DataException("--test-fraction", $"leaves no row on one side of {all.Rows}");
        return (new([training]), new([test]));
    }

    /// <summary>How good a model is on them.</summary>
    internal static Evaluator<TLink> Evaluate<TLink>(Model model, Datasets test, CancellationToken cancellation)
        where TLink : struct, ILink
    {
        var (targets, _) = test.Targets<TLink>(model.Labels);
        var evaluator = new Evaluator<TLink>(model.Less(test.Shift));
        for (var i = 0; i < targets.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            evaluator.Add(test.Blocks[i], targets[i]);
        }

        return evaluator;
    }

    private static Dataset Part(Dataset all, bool[] isTest, bool side)
    {
        int[] rows = [.. Enumerable.Range(0, isTest.Length).Where(i => isTest[i] == side)];
        var values = new float[rows.Length * (long)all.Stride];
        for (var i = 0; i < rows.Length; i++)
            all.Values.Read(rows[i], 1).CopyTo(values.AsSpan(i * all.Stride));
        return all with
        {
            Values = new RowsInMemory(values, all.Stride),
            Rows = rows.Length,
            Labels = Of(all.Labels),
            SampleWeights = Of(all.SampleWeights),
            Offset = Of(all.Offset),
        };

        float[]? Of(float[]? column) => column is null ? null : Array.ConvertAll(rows, i => column[i]);
    }

    // SplitMix64 (Steele, Lea and Flood, OOPSLA 2014), to [0, 1).
    private static double Hash(ulong x)
    {
        x += 0x9E3779B97F4A7C15;
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return ((x ^ (x >> 31)) >> 11) * (1.0 / (1UL << 53));
    }
}
