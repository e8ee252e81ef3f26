using System.CommandLine;
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;

namespace Kernels.Bench.Files;

/// <summary><c>mlnet FILE</c>: what ML.NET does from a CSV file to a logistic regression, in a process of its own; <c>files</c> starts
/// it.</summary>
internal static class MlNet
{
    internal static Command Create()
    {
        var data = new Argument<string>("data");
        var command = new Command("mlnet", "From a CSV file to a model by ML.NET.") { data };
        command.SetAction(parsed => Run(parsed.GetValue(data)!));
        return command;
    }

    private static int Run(string path)
    {
        var columns = File.ReadLines(path).First().Split(',').Length - 1;
        var ml = new MLContext(seed: 1);
        var text = ml.Data.CreateTextLoader(new TextLoader.Options
        {
            Separators = [','],
            HasHeader = true,
            Columns =
            [
                new("Features", DataKind.Single, 0, columns - 1),
                new("Label", DataKind.Boolean, columns),
            ],
        });

        // Kept in memory: the search reads it once an iteration. No penalty, as the others.
        var rows = ml.Data.Cache(text.Load(path));
        var trainer = ml.BinaryClassification.Trainers.LbfgsLogisticRegression(
            new LbfgsLogisticRegressionBinaryTrainer.Options { L1Regularization = 0, L2Regularization = 0 });
        var model = trainer.Fit(rows);
        Console.WriteLine(model.Model.SubModel.Bias.ToString(CultureInfo.InvariantCulture));
        return 0;
    }
}
