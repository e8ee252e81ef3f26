namespace Kernels.Service;

/// <summary>Learns for as long as the service runs.</summary>
public sealed class Learner(OnlineScorer scorer) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => scorer.RunAsync(stoppingToken);
}
