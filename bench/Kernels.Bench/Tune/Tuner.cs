using System.Diagnostics;
using Kernels.Bench.Roofline;
using Kernels.Passes;
using Kernels.Rows;

namespace Kernels.Bench.Tune;

/// <summary>Times the plans of a cell beside one another: in turns, the slower ones left out after each round, so that the best are timed
/// longest.</summary>
internal sealed class Tuner(Cell cell, PlanRow[] today, double seconds)
{
    // A plan has to be so much faster than today's to be worth a change: less is this machine's noise.
    private const double Worthwhile = 0.97;

    private const int LeastRounds = 3;

    private readonly (int Rows, int Columns) _shape = cell.Shape;

    /// <summary>A line for the table, and what it gains: its time over that of today's plan, in the same turns.</summary>
    internal (PlanRow Line, double OfToday) Run()
    {
        using var problem = new Problem(new(_shape.Rows, _shape.Columns), offset: 0);
        ForcedPlan.Use(RowPlan.OfAnyRows, [_shape.Columns]);
        var expected = Outputs(problem);
        var all = Candidates();
        foreach (var candidate in all)
        {
            Use(candidate);
            if (!Outputs(problem).AsSpan().SequenceEqual(expected))
                throw new InvalidOperationException($"{candidate.Plan} changes bits at {problem.Shape}.");
        }

        var (before, left, calls) = (all[0], all, CallsOf(problem));
        while (left.Count > 3)
        {
            Turns(problem, left, calls, seconds / 4);
            left = [before, .. left.Skip(1).OrderBy(candidate => candidate.Median).Take(Math.Max(2, left.Count / 4))];
        }

        left.ForEach(candidate => candidate.Times.Clear());
        Turns(problem, left, calls, seconds);
        ForcedPlan.Use(today);
        var best = left.MinBy(candidate => candidate.Median)!;
        if (best.Median > Worthwhile * before.Median)
            best = before;
        return (new(cell.Question, cell.Level, cell.ToColumns, When.Always, best.Line, best.BlockFloats), best.Median / before.Median);
    }

    // Today's plan first; the same one again would be timed against itself.
    private List<Candidate> Candidates()
    {
        var line = today.First(line => line.Question == cell.Question && line.Level == cell.Level && _shape.Columns <= line.Columns
            && new Kernels.Rows.Shape(_shape.Rows, _shape.Columns, _shape.Columns, default).Is(line.When));
        var before = new Candidate(line.Plan, line.BlockFloats, line.For(_shape.Rows, _shape.Columns));
        return [before, .. cell.Plans.Select(plan => Resolve(plan.Plan, plan.BlockFloats))
            .Where(candidate => candidate.Plan != before.Plan)];
    }

    private Candidate Resolve(RowPlan plan, int blockFloats) =>
        new(plan, blockFloats, new PlanRow(cell.Question, cell.Level, cell.ToColumns, When.Always, plan, blockFloats)
            .For(_shape.Rows, _shape.Columns));

    private void Turns(Problem problem, List<Candidate> candidates, int calls, double seconds)
    {
        var clock = Stopwatch.StartNew();
        for (var round = 0; round < LeastRounds || clock.Elapsed.TotalSeconds < seconds; round++)
        {
            foreach (var candidate in candidates)
            {
                Use(candidate);
                if (calls > 1)
                    Call(problem);
                var start = Stopwatch.GetTimestamp();
                for (var i = 0; i < calls; i++)
                    Call(problem);
                candidate.Times.Add(Stopwatch.GetElapsedTime(start).TotalNanoseconds / calls);
            }
        }
    }

    private void Use(Candidate candidate) => ForcedPlan.Use(candidate.Plan, [_shape.Columns]);

    private void Call(Problem problem)
    {
        if (cell.Question == Question.Gradient)
            LogisticRegression.GradientOnly(problem.Matrix, problem.Y, problem.Weights, problem.Gradient);
        else
            LogisticRegression.Predict(problem.Matrix, problem.Weights, problem.Margins);
    }

    private float[] Outputs(Problem problem)
    {
        Call(problem);
        return cell.Question == Question.Gradient ? problem.Gradient.ToArray() : problem.Margins.ToArray();
    }

    // Some hundred microseconds.
    private int CallsOf(Problem problem)
    {
        var start = Stopwatch.GetTimestamp();
        Call(problem);
        return (int)Math.Clamp(200_000 / Math.Max(1, Stopwatch.GetElapsedTime(start).TotalNanoseconds), 1, 1000);
    }

    /// <param name="Line">The plan as a table has it.</param>
    /// <param name="BlockFloats">With so many floats a block.</param>
    /// <param name="Plan">The plan of this cell's shape.</param>
    private sealed record Candidate(RowPlan Line, int BlockFloats, RowPlan Plan)
    {
        internal List<double> Times { get; } = [];

        internal double Median => Times.Order().ElementAt(Times.Count / 2);
    }
}
