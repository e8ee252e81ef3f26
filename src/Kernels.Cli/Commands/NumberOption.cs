using System.CommandLine;
using System.Globalization;

namespace Kernels.Cli.Commands;

/// <summary>Options that take a number: with a point and nothing else, for a comma would be taken for thousands (0,1 for 1).</summary>
internal static class NumberOption
{
    internal static Option<double?> Of(string name, string description) => new(name)
    {
        Description = description,
        CustomParser = result =>
        {
            var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : string.Empty;
            if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
                return number;
            result.AddError($"{name} takes a number such as 0.1, not '{Message.Quote(text)}'.");
            return null;
        },
    };
}
