using Kernels.Rows;

namespace Kernels.Sums;

/// <summary>Rows whose results are each their own, in pieces that anyone takes.</summary>
/// <typeparam name="TRows">What is done with them.</typeparam>
internal sealed class RowsJob<TRows> : Job
    where TRows : struct, IRowsWork
{
    // Pieces a thread: enough to level out threads of uneven speed.
    private const int PiecesEach = 4;

    // Of whole blocks of the loops.
    private const int Multiple = 128;

    private Operands _o;
    private CancellationToken _token;
    private int _pieceRows;
    private BlockClaims _claims = new(1);

    internal static void Run(in Operands o, in Workers workers)
    {
        var job = workers.JobOf<RowsJob<TRows>>();
        var pieces = workers.Members * PiecesEach;
        var rows = (((long)o.Rows + pieces - 1) / pieces) + (Multiple - 1);
        (job._o, job._token) = (o, workers.Token);
        BlockClaims.Begin(ref job._claims, workers.Members);
        job._pieceRows = (int)(rows / Multiple * Multiple);
        workers.Run(job);
    }

    internal override void Run(int member)
    {
        var pieces = ((long)_o.Rows + _pieceRows - 1) / _pieceRows;
        for (long piece; !_token.IsCancellationRequested && (piece = _claims.NextOf(member, pieces)) >= 0;)
        {
            var row = (nint)piece * _pieceRows;
            var part = _o.From(row);
            part.Rows = (int)Math.Min(_pieceRows, _o.Rows - row);
            part.Output = _o.Output.At(row);
            TRows.Run(part);
        }
    }
}

/// <summary>What is done with some rows, on a width: a type argument.</summary>
internal interface IRowsWork
{
    static abstract void Run(in Operands o);
}
