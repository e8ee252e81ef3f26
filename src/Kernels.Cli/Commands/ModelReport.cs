using System.Globalization;
using Kernels.Training;
using Spectre.Console;

namespace Kernels.Cli.Commands;

/// <summary>What a model file says of itself.</summary>
internal static class ModelReport
{
    /// <summary>Which label counts as what; null where they are 0 and 1.</summary>
    internal static string? LabelsOf(Model model) => (model.LabelWords, model.Labels) switch
    {
        ({ } words, _) => $"{Message.Quote(words[0])} counts as 0, {Message.Quote(words[1])} as 1",
        (null, { } labels) => string.Create(CultureInfo.InvariantCulture, $"{labels[0]} counts as 0, {labels[1]} as 1"),
        _ => null,
    };

    private static string OfNullModel(ModelFit fit) =>
        fit.NullDeviance is { } deviance ? string.Create(CultureInfo.InvariantCulture, $" (null model {deviance:F6})") : string.Empty;

    internal static void Write(IAnsiConsole console, Model model)
    {
        var grid = new Grid().AddColumns(2);
        Row("link", $"{model.Link.ToText()}");
        Row("features", $"{model.Features.Count}{(model.Intercept ? " and an intercept" : string.Empty)}");
        if (model.Target is not null)
            Row("target", $"{Message.Quote(model.Target)}");
        if (LabelsOf(model) is { } labels)
            Row("labels", $"{labels}");
        if (model.Offset is not null)
            Row("offset column", $"{Message.Quote(model.Offset)}, which rows to be scored must have");
        if (model.Exposure is not null)
            Row("exposure column", $"{Message.Quote(model.Exposure)}, whose logarithm is added; rows to be scored must have it");
        foreach (var category in model.Categories ?? [])
            Row($"column {Message.Quote(category.Column)}",
                $"of words; {Message.Quote(category.Levels[0])} is the reference of {category.Levels.Count}");
        if (model.SampleWeights is not null)
            Row("weight column", $"{Message.Quote(model.SampleWeights)}");
        if (model.Penalty is { } penalty)
            Row("penalty", $"L1 {penalty.L1}, L2 {penalty.L2}{(penalty.Standardize ? ", of standardised columns" : string.Empty)}");
        if (model.Fit is { } fit)
        {
            Row("status", $"{Message.Quote(fit.Status)}");
            if (fit.Decrement is { } decrement)
                Row("distance", $"one more step would move no coefficient by more than {decrement:G2} standard errors");
            Row("rows", $"{fit.Rows}");
            if (fit.Deviance is { } deviance)
                Row("deviance", $"{deviance:F6}{OfNullModel(fit)}");
        }
        else
        {
            Row("status", $"not known: the file does not say");
        }

        Row("arithmetic contract", $"version {model.ArithmeticContract}");
        console.Write(grid);

        var errors = model.Fit?.StandardErrors;
        var table = new Table().Border(TableBorder.Simple).AddColumns("feature", "estimate", "std. error");
        foreach (var column in table.Columns.Skip(1))
            column.RightAligned();
        for (var j = 0; j < model.Weights.Count; j++)
        {
            table.AddRow(
                j < model.Features.Count ? Markup.Escape(Message.Quote(model.Features[j])) : "(intercept)",
                model.Weights[j].ToString("G8", CultureInfo.InvariantCulture),
                errors?.ElementAtOrDefault(j)?.ToString("G6", CultureInfo.InvariantCulture) ?? string.Empty);
        }

        console.Write(table);

        void Row(string name, FormattableString value) => grid.AddRow(name, Markup.Escape(value.ToString(CultureInfo.InvariantCulture)));
    }
}
