using System.Diagnostics.CodeAnalysis;
using System.Net;
using Kernels.Orleans;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Orleans.Dashboard;

namespace Kernels.Cli.Cluster;

/// <summary>A silo with a web server: <c>/health</c> for whoever restarts it, and Orleans' dashboard for people.</summary>
internal static class HttpSilo
{
    [RequiresDynamicCode(ClusterFeature.Reason)]
    [RequiresUnreferencedCode(ClusterFeature.Reason)]
    internal static IHost Build(IPEndPoint endpoint, Action<IHostApplicationBuilder> configure)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = [] });
        builder.WebHost.UseSetting(WebHostDefaults.ServerUrlsKey, $"http://{endpoint}");
        configure(builder);
        builder.Services.AddHealthChecks().AddCheck<ShardHealthCheck>("silo");
        var application = builder.Build();
        application.MapHealthChecks("/health", new HealthCheckOptions { ResponseWriter = Write });
        application.MapOrleansDashboard();
        return application;
    }

    [RequiresDynamicCode(ClusterFeature.Reason)]
    [RequiresUnreferencedCode(ClusterFeature.Reason)]
    private static Task Write(HttpContext context, HealthReport report)
    {
        var silo = report.Entries["silo"];
        var text = silo.Description ?? silo.Exception?.Message;
        return context.Response.WriteAsJsonAsync(new { status = $"{report.Status}", silo = text, silo.Data });
    }
}
