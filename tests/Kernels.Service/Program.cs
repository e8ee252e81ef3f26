using Kernels.Training;

namespace Kernels.Service;

/// <summary>A model that scores and learns: <c>dotnet run --project tests/Kernels.Service -- model.json --urls
/// http://127.0.0.1:5000</c>.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        if (arguments is not [var path, ..])
        {
            await Console.Error.WriteLineAsync("usage: Kernels.Service MODEL [--urls http://127.0.0.1:5000]").ConfigureAwait(false);
            return 2;
        }

        var builder = WebApplication.CreateSlimBuilder(arguments[1..]);
        builder.Services.AddSingleton(new OnlineScorer(Model.Load(path)));
        builder.Services.AddHostedService<Learner>();
        var app = builder.Build();
        app.MapScoring();
        await app.RunAsync().ConfigureAwait(false);
        return 0;
    }
}
