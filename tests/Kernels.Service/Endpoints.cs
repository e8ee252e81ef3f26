using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Kernels.Service;

/// <summary>
/// Rows as they lie in memory: <c>POST /score</c> takes little-endian float32, row after row, and answers as many means; <c>POST /learn</c>
/// takes rows with the label behind the features; <c>GET /weights</c> answers the weights. The header <c>Weights-Number</c> says which.
/// </summary>
public static class Endpoints
{
    private const string Number = "Weights-Number";

    // Bytes of a request.
    private const int Most = 1 << 20;

    /// <summary>Adds them.</summary>
    public static void MapScoring(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        LogisticRegression.Prepare(app.Services.GetRequiredService<OnlineScorer>().Columns, rows: 1); // not in the first request
        app.MapPost("/score", ScoreAsync);
        app.MapPost("/learn", LearnAsync);
        app.MapGet("/weights", (OnlineScorer scorer, HttpResponse response) =>
        {
            var now = scorer.Now;
            response.Headers[Number] = now.Number.ToString(CultureInfo.InvariantCulture);
            return Results.Bytes(MemoryMarshal.AsBytes<float>(now.Weights).ToArray());
        });
    }

    private static async Task ScoreAsync(HttpContext context, OnlineScorer scorer)
    {
        var body = await ReadAsync(context, scorer.Columns).ConfigureAwait(false);
        if (body is not { } bytes)
            return;
        var (now, rows) = (scorer.Now, (int)bytes.Length / sizeof(float) / scorer.Columns);
        context.Response.Headers[Number] = now.Number.ToString(CultureInfo.InvariantCulture);
        context.Response.ContentLength = rows * sizeof(float);
        Score(scorer, now, bytes, context.Response.BodyWriter.GetSpan(Math.Max(1, rows * sizeof(float)))[..(rows * sizeof(float))]);
        context.Response.BodyWriter.Advance(rows * sizeof(float));
        context.Request.BodyReader.AdvanceTo(bytes.End);
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted).ConfigureAwait(false);
    }

    // From the bytes of the request to those of the response.
    private static void Score(OnlineScorer scorer, OnlineScorer.Snapshot weights, ReadOnlySequence<byte> rows, Span<byte> means)
    {
        if (rows.IsSingleSegment)
        {
            scorer.Score(weights, MemoryMarshal.Cast<byte, float>(rows.FirstSpan), MemoryMarshal.Cast<byte, float>(means));
            return;
        }

        var whole = ArrayPool<byte>.Shared.Rent((int)rows.Length);
        rows.CopyTo(whole);
        scorer.Score(weights, MemoryMarshal.Cast<byte, float>(whole.AsSpan(0, (int)rows.Length)), MemoryMarshal.Cast<byte, float>(means));
        ArrayPool<byte>.Shared.Return(whole);
    }

    private static async Task LearnAsync(HttpContext context, OnlineScorer scorer)
    {
        var body = await ReadAsync(context, scorer.Columns + 1).ConfigureAwait(false);
        if (body is not { } bytes)
            return;
        var values = MemoryMarshal.Cast<byte, float>(bytes.ToArray()).ToArray();
        context.Request.BodyReader.AdvanceTo(bytes.End);
        for (var start = 0; start < values.Length; start += scorer.Columns + 1)
            await scorer.LearnAsync(values[start..(start + scorer.Columns)], values[start + scorer.Columns], context.RequestAborted)
                .ConfigureAwait(false);
    }

    // The whole body, whole rows; null where it is refused.
    private static async Task<ReadOnlySequence<byte>?> ReadAsync(HttpContext context, int floats)
    {
        var reader = context.Request.BodyReader;
        var read = await reader.ReadAtLeastAsync(Most + 1, context.RequestAborted).ConfigureAwait(false);
        var length = read.Buffer.Length;
        if (length <= Most && length % (floats * sizeof(float)) == 0)
            return read.Buffer;
        reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        context.Response.StatusCode = length > Most ? StatusCodes.Status413PayloadTooLarge : StatusCodes.Status400BadRequest;
        await context.Response.WriteAsync($"{length} bytes; rows of {floats} float32 are wanted, {Most} bytes at most.",
            context.RequestAborted).ConfigureAwait(false);
        return null;
    }
}
