using Kernels.Links;
using Kernels.Training;

namespace Kernels.Cli;

/// <summary>From the name of a link to the type.</summary>
internal static class ModelLinks
{
    internal static string ToText(this ModelLink link) => link.ToString().ToLowerInvariant();

    internal static ModelLink? Parse(string? text) => text switch
    {
        "logit" => ModelLink.Logit,
        "identity" => ModelLink.Identity,
        "log" => ModelLink.Log,
        _ => null,
    };

    internal static T Run<T>(this ModelLink link, IForLink<T> work) => link switch
    {
        ModelLink.Logit => work.Run<Logit>(),
        ModelLink.Identity => work.Run<Identity>(),
        _ => work.Run<Log>(),
    };
}

/// <summary>What is done the same way for every link.</summary>
internal interface IForLink<T>
{
    T Run<TLink>()
        where TLink : struct, ILink;
}
