using System.Globalization;
using Kernels;
using Kernels.Links;
using Kernels.Training;

// Scores rows as a service does: a model that the tool has written, columns found by their names, nothing allocated a row.
var model = Model.Load(args[0]);
var lines = File.ReadAllLines(args[1]);
var columns = model.ColumnsIn(lines[0].Split(','));
var row = new float[model.Features.Count];
model.Predict(row); // the runtime compiles, and may allocate for itself
foreach (var line in lines.AsSpan(1))
{
    var fields = line.Split(',');
    for (var j = 0; j < row.Length; j++)
        row[j] = float.Parse(fields[columns[j]], CultureInfo.InvariantCulture);
    var before = GC.GetAllocatedBytesForCurrentThread();
    var score = model.Predict(row);
    if (GC.GetAllocatedBytesForCurrentThread() != before)
        throw new InvalidOperationException("a prediction has allocated");
    Console.WriteLine(score.ToString(CultureInfo.InvariantCulture));
}

// And fits, with what is trimmed away gone.
float[] x = [1, 2, 3, 4, 5, 6], y = [0, 1, 0, 1, 0, 1];
var fit = Fitter.Fit<Logit>(new Observations(new DesignMatrix(x, 1, intercept: true), y));
Console.Error.WriteLine(
    string.Create(CultureInfo.InvariantCulture, $"{Simd.Width} {fit.Status} {fit.Coefficients[0]:F6} ± {fit.StandardErrors[0]:F6}"));
