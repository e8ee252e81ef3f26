using FsCheck;
using FsCheck.Fluent;

namespace Kernels.Tests.Support;

/// <summary>A random problem that FsCheck can shrink: first fewer rows and columns, then simpler numbers.</summary>
public sealed record Case(int Rows, int Columns, bool Intercept, float[] X, float[] Y, float[] W, float[] V)
{
    public DesignMatrix Matrix => new(X, Rows, Columns, Columns, Intercept);

    public override string ToString() =>
        $"{Rows}x{Columns}{(Intercept ? " with intercept" : string.Empty)}\nX = [{string.Join(' ', X)}]\ny = [{string.Join(' ', Y)}]\nw = "
            + $"[{string.Join(' ', W)}]\nv = [{string.Join(' ', V)}]";

    /// <summary>The same problem with the rows in the given order.</summary>
    public Case WithRows(IReadOnlyList<int> order) => this with
    {
        Rows = order.Count,
        X = [.. order.SelectMany(i => X.Skip(i * Columns).Take(Columns))],
        Y = [.. order.Select(i => Y[i])],
    };

    /// <summary>The same problem with the columns in the given order; the intercept stays last.</summary>
    public Case WithColumns(IReadOnlyList<int> order) => this with
    {
        Columns = order.Count,
        X = [.. Enumerable.Range(0, Rows).SelectMany(i => order.Select(j => X[(i * Columns) + j]))],
        W = Reorder(W, order),
        V = Reorder(V, order),
    };

    private float[] Reorder(float[] values, IReadOnlyList<int> order) =>
        [.. order.Select(j => values[j]), .. values.Skip(Columns)];

    private IEnumerable<Case> Simpler()
    {
        if (Rows > 1)
        {
            yield return WithRows([.. Enumerable.Range(0, Rows / 2)]);
            yield return WithRows([.. Enumerable.Range(Rows / 2, Rows - (Rows / 2))]);
            yield return WithRows([.. Enumerable.Range(0, Rows - 1)]);
        }

        if (Columns > 1)
        {
            yield return WithColumns([.. Enumerable.Range(0, Columns / 2)]);
            yield return WithColumns([.. Enumerable.Range(Columns / 2, Columns - (Columns / 2))]);
            yield return WithColumns([.. Enumerable.Range(0, Columns - 1)]);
        }

        if (Intercept)
            yield return this with { Intercept = false, W = W[..Columns], V = V[..Columns] };
        if (X.Any(x => x != MathF.Round(x)))
            yield return this with { X = Array.ConvertAll(X, MathF.Round) };
        if (W.Any(w => w != 0))
            yield return this with { W = new float[W.Length] };
    }

    /// <summary>What FsCheck draws from.</summary>
    public static class Arbitraries
    {
        public static Arbitrary<Case> Case() => Arb.From(Cases(), c => c.Simpler());

        private static Gen<Case> Cases() =>
            from rows in Gen.Choose(1, 40)
            from columns in Gen.Choose(1, 40)
            from intercept in Gen.Elements(false, true)
            from scale in Gen.Elements(0.1f, 1f, 3f)
            let parameters = columns + (intercept ? 1 : 0)
            from x in Numbers(rows * columns, scale)
            from y in Gen.Elements(0f, 1f, 1f, 0f, 0.3f).ArrayOf(rows)
            from w in Numbers(parameters, 0.5f)
            from v in Numbers(parameters, 0.5f)
            select new Case(rows, columns, intercept, x, y, w, v);

        private static Gen<float[]> Numbers(int count, float scale) =>
            Gen.Choose(-1 << 20, 1 << 20).Select(i => i * scale / (1 << 20)).ArrayOf(count);
    }
}
