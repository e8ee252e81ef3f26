namespace Kernels.Training;

/// <summary>
/// Observations that lie in shards elsewhere, in other processes or on other machines. A fit asks questions of all rows and gets sums; no
/// row travels. The coefficients have the bits that they would have from all rows in one span.
/// </summary>
/// <remarks>
/// Questions and answers are bytes, the same on every machine. Whoever holds a shard calls <see cref="Answer"/>, anyone on the way may
/// put answers of neighbouring shards together with <see cref="Merge"/>, and <see cref="Ask"/> returns that of all shards. An answer says
/// to which question it is one and of which rows: rows that are missing, or would count twice, are an error and never a wrong sum.
/// </remarks>
public abstract class ObservationShards
{
    /// <summary>N, of all shards.</summary>
    public abstract long Rows { get; }

    /// <summary>d, the intercept not counted.</summary>
    public abstract int Columns { get; }

    /// <summary>Whether there is a virtual column of ones.</summary>
    public abstract bool HasIntercept { get; }

    /// <summary>The number of weights: d, and one more with an intercept.</summary>
    public int Parameters => Columns + (HasIntercept ? 1 : 0);

    /// <summary>Asks all shards, and puts their answers together.</summary>
    /// <param name="question">What <see cref="Answer"/> takes.</param>
    /// <param name="cancellationToken">The fit's.</param>
    /// <returns>The answer of all rows.</returns>
    public abstract byte[] Ask(byte[] question, CancellationToken cancellationToken);

    /// <summary>Answers a question for the rows of a shard.</summary>
    /// <param name="question">What <see cref="Ask"/> was given.</param>
    /// <param name="rows">The shard's rows.</param>
    /// <param name="firstRow">The number of the first of them in the whole data: a multiple of 1024.</param>
    /// <param name="maxDegreeOfParallelism">Threads at most; −1 takes as many as there are processors. The answer has the same
    /// bits.</param>
    /// <param name="cancellationToken">Stops a pass: <see cref="OperationCanceledException"/>.</param>
    /// <returns>The answer.</returns>
    /// <exception cref="InvalidDataException">The bytes are no question of this version of the library.</exception>
    /// <exception cref="ArgumentException">The question is asked of rows of another shape, or the rows make no sense.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public static byte[] Answer(
        byte[] question, ObservationBlocks rows, long firstRow, int maxDegreeOfParallelism = 1,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(question);
        Check.Shape(rows);
        Check.Threads(maxDegreeOfParallelism, nameof(maxDegreeOfParallelism));
        if (firstRow < 0 || firstRow % Shards.RowRanges.SliceRows != 0 || firstRow > long.MaxValue - rows.Rows)
            throw new ArgumentOutOfRangeException(
                nameof(firstRow), firstRow, $"The first row is {firstRow}; it must be a multiple of {Shards.RowRanges.SliceRows}.");
        var (header, asked) = Shards.Question.Parse(question);
        if (header.Columns != rows.Columns || header.HasIntercept != rows.HasIntercept)
            throw new ArgumentException(
                $"The question is asked of {header.Columns} columns {Intercept(header.HasIntercept)}; the shard has {rows.Columns} "
                    + $"{Intercept(rows.HasIntercept)}.",
                nameof(question));
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = maxDegreeOfParallelism, CancellationToken = cancellationToken };
        if (header.Every > 1)
        {
            var sample = new Shards.SampledBlocks(rows, firstRow, header.Every, header.Rows);
            (rows, firstRow) = (sample, sample.First);
        }

        return asked.Answer(new(Shards.Question.IdOf(question), firstRow, rows.Rows), rows, parallel);
    }

    /// <summary>Puts the answers of neighbouring shards together.</summary>
    /// <param name="question">The question.</param>
    /// <param name="answers">At least one, in the order of the rows.</param>
    /// <returns>The answer of all their rows.</returns>
    /// <exception cref="InvalidDataException">The bytes are no question, an answer is none to it, or rows are missing or would count
    /// twice.</exception>
    /// <exception cref="ArgumentException">There is no answer, or they do not fit.</exception>
    public static byte[] Merge(byte[] question, IReadOnlyList<byte[]> answers)
    {
        ArgumentNullException.ThrowIfNull(question);
        ArgumentNullException.ThrowIfNull(answers);
        if (answers.Count == 0)
            throw new ArgumentException("There is no answer.", nameof(answers));
        return answers.Count == 1 ? answers[0] : Shards.Question.Parse(question).Question.Merge(answers, Shards.Question.IdOf(question));
    }

    /// <summary>Asks, and checks that the answer is one of all rows.</summary>
    internal TSums Sum<TSums>(Shards.Question<TSums> question, int every, long rows, CancellationToken cancellationToken)
        where TSums : Shards.IRowSums<TSums>
    {
        cancellationToken.ThrowIfCancellationRequested();
        var bytes = question.ToBytes(Columns, HasIntercept, every, rows);
        var (header, sums) = question.Parse(Ask(bytes, cancellationToken), Shards.Question.IdOf(bytes));
        return header.First == 0 && header.Rows == rows
            ? sums
            : throw new InvalidDataException(
                $"The answer is one of {header.Rows} rows from row {header.First} on; there are {rows} from row 0 on.");
    }

    private static string Intercept(bool hasIntercept) => hasIntercept ? "and an intercept" : "and no intercept";
}
