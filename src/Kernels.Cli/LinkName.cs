using Kernels.Links;

namespace Kernels.Cli;

/// <summary>A link as the command line and the file of weights name it.</summary>
internal enum LinkName
{
    /// <summary>Logistic regression.</summary>
    Logit,

    /// <summary>Linear regression.</summary>
    Identity,

    /// <summary>Poisson regression.</summary>
    Log,
}

/// <summary>From the name to the type.</summary>
internal static class LinkNames
{
    internal static string ToText(this LinkName link) => link.ToString().ToLowerInvariant();

    internal static LinkName? Parse(string? text) => text switch
    {
        "logit" => LinkName.Logit,
        "identity" => LinkName.Identity,
        "log" => LinkName.Log,
        _ => null,
    };

    internal static T Run<T>(this LinkName link, IForLink<T> work) => link switch
    {
        LinkName.Logit => work.Run<Logit>(),
        LinkName.Identity => work.Run<Identity>(),
        _ => work.Run<Log>(),
    };
}

/// <summary>What is done the same way for every link.</summary>
internal interface IForLink<T>
{
    T Run<TLink>()
        where TLink : struct, ILink;
}
