using System.Globalization;
using System.Text.Json;
using Kernels.Cli.Data;
using Kernels.Training;

namespace Kernels.Cli.Training;

/// <summary>The report of <c>train</c> for programs: one JSON object, numbers with all their digits, null for what there is not.</summary>
internal static class TrainingJson
{
    internal static void Write(
        Stream stream, Datasets data, Model model, TrainOutcome outcome, TrainSettings settings, string sentence,
        IEnumerable<(string Name, string Value)> evaluation, IEnumerable<(string Name, string Value)>? heldOut)
    {
        using var json = new Utf8JsonWriter(stream, new() { Indented = true });
        var fit = outcome.Fit;
        json.WriteStartObject();
        json.WriteString("status", (fit?.Status.ToString() ?? outcome.Search?.Reason.ToString())!);
        json.WriteString("verdict", sentence);
        Strings("warnings", Verdict.Warnings(outcome, data));
        json.WriteString("optimizer", outcome.Chosen);
        json.WriteString("link", settings.Link.ToText());
        if (model.LabelWords is { } words)
            Strings("labels", words);
        else if (settings.Link == ModelLink.Logit)
            Strings("labels", (model.Labels ?? [0, 1]).Select(label => label.ToString(CultureInfo.InvariantCulture)));
        json.WriteNumber("rows", fit?.Rows ?? data.Rows);
        json.WriteNumber("skippedRows", outcome.SkippedRows);
        json.WriteNumber("passes", outcome.Passes);
        json.WriteNumber("seconds", outcome.Elapsed.TotalSeconds);
        Number("decrement", fit?.Decrement);
        Number("deviance", fit?.Deviance);
        Number("nullDeviance", fit?.NullDeviance);
        Number("logLikelihood", settings.L1 > 0 || settings.L2 > 0 ? null : fit?.LogLikelihood);
        Number("aic", settings.L1 > 0 || settings.L2 > 0 ? null : fit?.Aic);
        Number("dispersion", fit?.Dispersion);
        Number("degreesOfFreedom", fit?.DegreesOfFreedom);
        Number("nullDegreesOfFreedom", fit?.NullDegreesOfFreedom);
        json.WriteString("errors", fit?.StandardErrors.Count > 0 ? settings.RobustErrors ? "HC1" : "model" : "none");
        Strings("leftOut", (fit?.Aliased ?? []).Select(j => data.Features[j]));
        Strings("separating", (fit?.Separating ?? []).Select(j => j < data.Columns ? data.Features[j] : "(intercept)"));
        json.WriteStartArray("coefficients");
        var summary = fit?.StandardErrors.Count > 0 ? fit.Summary : null;
        for (var j = 0; j < outcome.Coefficients.Count; j++)
        {
            json.WriteStartObject();
            json.WriteString("name", j < data.Columns ? data.Features[j] : "(intercept)");
            Number("estimate", outcome.Coefficients[j]);
            if (summary is not null)
            {
                Number("standardError", summary[j].StandardError);
                Number(fit!.IsDispersionEstimated ? "t" : "z", summary[j].Statistic);
                Number("p", summary[j].PValue);
                Number("lower", summary[j].Lower);
                Number("upper", summary[j].Upper);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        Table("evaluation", evaluation);
        if (heldOut is not null)
            Table("heldOut", heldOut);
        json.WriteEndObject();

        void Number(string name, double? value)
        {
            if (value is { } number && double.IsFinite(number))
                json.WriteNumber(name, number);
            else
                json.WriteNull(name);
        }

        void Strings(string name, IEnumerable<string> values)
        {
            json.WriteStartArray(name);
            foreach (var value in values)
                json.WriteStringValue(value);
            json.WriteEndArray();
        }

        void Table(string name, IEnumerable<(string Name, string Value)> rows)
        {
            json.WriteStartObject(name);
            foreach (var row in rows)
                json.WriteString(row.Name, row.Value);
            json.WriteEndObject();
        }
    }
}
