using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using Kernels.Links;
using Kernels.Service;
using Kernels.Training;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kernels.Tests;

/// <summary>The sample service under load on loopback: many score while one learns.</summary>
public class ServiceTests
{
    private const int Columns = 20;
    private const int Scorers = 4;
    private const int Requests = 150;
    private const int Steps = 30;

    [Fact]
    public async Task Scores_under_load_are_those_of_the_weights_they_name_and_learning_is_that_of_one_thread()
    {
        var (start, learned) = (new float[Columns + 1], Rows(1, Steps * OnlineScorer.BatchRows));
        var expected = WeightsOfEachStep(start, learned);
        await using var app = await StartAsync(start);
        using var client = new HttpClient
        {
            BaseAddress = new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()),
        };
        var seen = new long[Scorers];
        var scoring = Enumerable.Range(0, Scorers).Select(k => Task.Run(async () =>
        {
            for (var i = 0; i < Requests; i++)
            {
                var rows = new float[(1 + (i % 40)) * Columns];
                new SplitMix((ulong)((k * Requests) + i)).Fill(rows, 1f);
                var (means, number) = await PostAsync(client, "/score", rows);
                seen[k] = Math.Max(seen[k], number);
                var offline = new float[means.Length];
                LogisticRegression.Predict(new DesignMatrix(rows, Columns, intercept: true), expected[number], offline);
                Assert.Equal(offline.Select(BitConverter.SingleToInt32Bits), means.Select(BitConverter.SingleToInt32Bits));
            }
        })).ToArray();
        for (var step = 0; step < Steps; step++)
            await PostAsync(client, "/learn",
                learned[(step * OnlineScorer.BatchRows * (Columns + 1))..((step + 1) * OnlineScorer.BatchRows * (Columns + 1))]);
        await Task.WhenAll(scoring);

        // The last rows may still be on their way to the learner.
        var scorer = app.Services.GetRequiredService<OnlineScorer>();
        var life = app.Services.GetRequiredService<IHostApplicationLifetime>();
        for (; scorer.Now.Number < Steps; Assert.False(life.ApplicationStopping.IsCancellationRequested, "the learner has failed"))
            await Task.Delay(1, TestContext.Current.CancellationToken);
        Assert.Equal(expected[Steps].Select(BitConverter.SingleToInt32Bits), scorer.Now.Weights.Select(BitConverter.SingleToInt32Bits));
        Assert.Contains(seen, number => number > 0); // some have scored by weights that were learned meanwhile
    }

    [Fact]
    public void Scoring_allocates_nothing_while_weights_are_swapped()
    {
        var scorer = new OnlineScorer(ModelOf(new float[Columns + 1]));
        using var stop = new CancellationTokenSource();
        var learning = Task.Run(() => scorer.RunAsync(stop.Token), TestContext.Current.CancellationToken);
        var feeding = Task.Run(async () =>
        {
            var row = new float[Columns];
            for (var i = 0; !stop.IsCancellationRequested; i++)
                await scorer.LearnAsync(row, i % 2, stop.Token);
        }, TestContext.Current.CancellationToken);
        var (rows, means) = (new float[8 * Columns], new float[8]);
        var (first, clean) = (scorer.Score(rows, means), 0);
        for (var round = 0; round < 40; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 500; i++)
            {
                scorer.Score(rows, means);
                scorer.Score(rows.AsSpan(0, Columns), means.AsSpan(0, 1));
            }

            clean += GC.GetAllocatedBytesForCurrentThread() == before ? 1 : 0;
        }

        while (scorer.Score(rows, means) == first)
            Thread.Yield(); // so that there were swaps
        stop.Cancel();
        Assert.ThrowsAny<AggregateException>(() => Task.WaitAll(learning, feeding));
        Assert.InRange(clean, 38, 40); // what the runtime does for itself on this thread is in one round or two
    }

    [Theory]
    [InlineData(Columns * 4 + 1, HttpStatusCode.BadRequest)]
    [InlineData((1 << 20) + Columns * 4, HttpStatusCode.RequestEntityTooLarge)]
    [InlineData(0, HttpStatusCode.OK)]
    public async Task What_is_no_rows_is_refused(int bytes, HttpStatusCode expected)
    {
        await using var app = await StartAsync(new float[Columns + 1]);
        using var client = new HttpClient
        {
            BaseAddress = new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()),
        };
        using var content = new ByteArrayContent(new byte[bytes]);
        using var response = await client.PostAsync(new Uri("/score", UriKind.Relative), content, TestContext.Current.CancellationToken);
        Assert.Equal(expected, response.StatusCode);
    }

    private static Model ModelOf(float[] weights) => new()
    {
        Link = ModelLink.Logit,
        Features = [.. Enumerable.Range(0, Columns).Select(j => $"x{j}")],
        Intercept = true,
        Weights = Array.ConvertAll(weights, weight => (double)weight),
    };

    private static async Task<WebApplication> StartAsync(float[] weights)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(new OnlineScorer(ModelOf(weights)));
        builder.Services.AddHostedService<Learner>();
        var app = builder.Build();
        app.MapScoring();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }

    // Rows of features and a label.
    private static float[] Rows(ulong seed, int rows)
    {
        var random = new SplitMix(seed);
        var values = new float[rows * (Columns + 1)];
        random.Fill(values, 1f);
        for (var i = 0; i < rows; i++)
            values[(i * (Columns + 1)) + Columns] = values[i * (Columns + 1)] > 0.1f ? 1 : 0;
        return values;
    }

    private static float[][] WeightsOfEachStep(float[] start, float[] rows)
    {
        var weights = new List<float[]> { start };
        var (x, y) = (new float[OnlineScorer.BatchRows * Columns], new float[OnlineScorer.BatchRows]);
        for (var step = 0; step < Steps; step++)
        {
            for (var i = 0; i < OnlineScorer.BatchRows; i++)
            {
                var row = rows.AsSpan(((step * OnlineScorer.BatchRows) + i) * (Columns + 1), Columns + 1);
                row[..Columns].CopyTo(x.AsSpan(i * Columns));
                y[i] = row[Columns];
            }

            var next = weights[^1].ToArray();
            Glm<Logit>.Step(new DesignMatrix(x, Columns, intercept: true), y, next, 0.5f, Reduction.Mean);
            weights.Add(next);
        }

        return [.. weights];
    }

    private static async Task<(float[] Values, long Number)> PostAsync(HttpClient client, string path, float[] values)
    {
        using var content = new ByteArrayContent(MemoryMarshal.AsBytes<float>(values).ToArray());
        using var response = await client.PostAsync(new Uri(path, UriKind.Relative), content, TestContext.Current.CancellationToken);
        response.EnsureSuccessStatusCode();
        var number = response.Headers.TryGetValues("Weights-Number", out var numbers)
            ? long.Parse(numbers.First(), CultureInfo.InvariantCulture)
            : 0;
        return (MemoryMarshal.Cast<byte, float>(await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken))
            .ToArray(), number);
    }
}
