using Kernels.Cli.Data;
using Kernels.Links;

namespace Kernels.Tests.Support;

/// <summary>Data with coefficients that Newton's method in 60-digit arithmetic certifies, the intercept last, and their deviance.</summary>
public sealed class CertifiedData
{
    // Motor Trend, 1974: disp, hp, wt, vs, am.
    private static readonly float[] Cars =
    [
        160f, 110, 2.62f, 0, 1, 160, 110, 2.875f, 0, 1, 108, 93, 2.32f, 1, 1, 258, 110, 3.215f, 1, 0, 360, 175, 3.44f, 0, 0, 225, 105,
        3.46f, 1, 0,
        360, 245, 3.57f, 0, 0, 146.7f, 62, 3.19f, 1, 0, 140.8f, 95, 3.15f, 1, 0, 167.6f, 123, 3.44f, 1, 0, 167.6f, 123, 3.44f, 1, 0, 275.8f,
        180, 4.07f, 0, 0,
        275.8f, 180, 3.73f, 0, 0, 275.8f, 180, 3.78f, 0, 0, 472, 205, 5.25f, 0, 0, 460, 215, 5.424f, 0, 0, 440, 230, 5.345f, 0, 0, 78.7f,
        66, 2.2f, 1, 1,
        75.7f, 52, 1.615f, 1, 1, 71.1f, 65, 1.835f, 1, 1, 120.1f, 97, 2.465f, 1, 0, 318, 150, 3.52f, 0, 0, 304, 150, 3.435f, 0, 0, 350, 245,
        3.84f, 0, 0,
        400, 175, 3.845f, 0, 0, 79, 66, 1.935f, 1, 1, 120.3f, 91, 2.14f, 0, 1, 95.1f, 113, 1.513f, 1, 1, 351, 264, 3.17f, 0, 1, 145, 175,
        2.77f, 0, 1,
        301, 335, 3.57f, 0, 1, 121, 109, 2.78f, 1, 1,
    ];

    // R. A. Fisher, Annals of Eugenics 7, 1936: versicolor, then virginica; sepal length and width, petal length and width.
    private static readonly float[] Irises =
    [
        7f, 3.2f, 4.7f, 1.4f, 6.4f, 3.2f, 4.5f, 1.5f, 6.9f, 3.1f, 4.9f, 1.5f, 5.5f, 2.3f, 4f, 1.3f, 6.5f, 2.8f, 4.6f, 1.5f,
        5.7f, 2.8f, 4.5f, 1.3f, 6.3f, 3.3f, 4.7f, 1.6f, 4.9f, 2.4f, 3.3f, 1f, 6.6f, 2.9f, 4.6f, 1.3f, 5.2f, 2.7f, 3.9f, 1.4f,
        5f, 2f, 3.5f, 1f, 5.9f, 3f, 4.2f, 1.5f, 6f, 2.2f, 4f, 1f, 6.1f, 2.9f, 4.7f, 1.4f, 5.6f, 2.9f, 3.6f, 1.3f,
        6.7f, 3.1f, 4.4f, 1.4f, 5.6f, 3f, 4.5f, 1.5f, 5.8f, 2.7f, 4.1f, 1f, 6.2f, 2.2f, 4.5f, 1.5f, 5.6f, 2.5f, 3.9f, 1.1f,
        5.9f, 3.2f, 4.8f, 1.8f, 6.1f, 2.8f, 4f, 1.3f, 6.3f, 2.5f, 4.9f, 1.5f, 6.1f, 2.8f, 4.7f, 1.2f, 6.4f, 2.9f, 4.3f, 1.3f,
        6.6f, 3f, 4.4f, 1.4f, 6.8f, 2.8f, 4.8f, 1.4f, 6.7f, 3f, 5f, 1.7f, 6f, 2.9f, 4.5f, 1.5f, 5.7f, 2.6f, 3.5f, 1f,
        5.5f, 2.4f, 3.8f, 1.1f, 5.5f, 2.4f, 3.7f, 1f, 5.8f, 2.7f, 3.9f, 1.2f, 6f, 2.7f, 5.1f, 1.6f, 5.4f, 3f, 4.5f, 1.5f,
        6f, 3.4f, 4.5f, 1.6f, 6.7f, 3.1f, 4.7f, 1.5f, 6.3f, 2.3f, 4.4f, 1.3f, 5.6f, 3f, 4.1f, 1.3f, 5.5f, 2.5f, 4f, 1.3f,
        5.5f, 2.6f, 4.4f, 1.2f, 6.1f, 3f, 4.6f, 1.4f, 5.8f, 2.6f, 4f, 1.2f, 5f, 2.3f, 3.3f, 1f, 5.6f, 2.7f, 4.2f, 1.3f,
        5.7f, 3f, 4.2f, 1.2f, 5.7f, 2.9f, 4.2f, 1.3f, 6.2f, 2.9f, 4.3f, 1.3f, 5.1f, 2.5f, 3f, 1.1f, 5.7f, 2.8f, 4.1f, 1.3f,
        6.3f, 3.3f, 6f, 2.5f, 5.8f, 2.7f, 5.1f, 1.9f, 7.1f, 3f, 5.9f, 2.1f, 6.3f, 2.9f, 5.6f, 1.8f, 6.5f, 3f, 5.8f, 2.2f,
        7.6f, 3f, 6.6f, 2.1f, 4.9f, 2.5f, 4.5f, 1.7f, 7.3f, 2.9f, 6.3f, 1.8f, 6.7f, 2.5f, 5.8f, 1.8f, 7.2f, 3.6f, 6.1f, 2.5f,
        6.5f, 3.2f, 5.1f, 2f, 6.4f, 2.7f, 5.3f, 1.9f, 6.8f, 3f, 5.5f, 2.1f, 5.7f, 2.5f, 5f, 2f, 5.8f, 2.8f, 5.1f, 2.4f,
        6.4f, 3.2f, 5.3f, 2.3f, 6.5f, 3f, 5.5f, 1.8f, 7.7f, 3.8f, 6.7f, 2.2f, 7.7f, 2.6f, 6.9f, 2.3f, 6f, 2.2f, 5f, 1.5f,
        6.9f, 3.2f, 5.7f, 2.3f, 5.6f, 2.8f, 4.9f, 2f, 7.7f, 2.8f, 6.7f, 2f, 6.3f, 2.7f, 4.9f, 1.8f, 6.7f, 3.3f, 5.7f, 2.1f,
        7.2f, 3.2f, 6f, 1.8f, 6.2f, 2.8f, 4.8f, 1.8f, 6.1f, 3f, 4.9f, 1.8f, 6.4f, 2.8f, 5.6f, 2.1f, 7.2f, 3f, 5.8f, 1.6f,
        7.4f, 2.8f, 6.1f, 1.9f, 7.9f, 3.8f, 6.4f, 2f, 6.4f, 2.8f, 5.6f, 2.2f, 6.3f, 2.8f, 5.1f, 1.5f, 6.1f, 2.6f, 5.6f, 1.4f,
        7.7f, 3f, 6.1f, 2.3f, 6.3f, 3.4f, 5.6f, 2.4f, 6.4f, 3.1f, 5.5f, 1.8f, 6f, 3f, 4.8f, 1.8f, 6.9f, 3.1f, 5.4f, 2.1f,
        6.7f, 3.1f, 5.6f, 2.4f, 6.9f, 3.1f, 5.1f, 2.3f, 5.8f, 2.7f, 5.1f, 1.9f, 6.8f, 3.2f, 5.9f, 2.3f, 6.7f, 3.3f, 5.7f, 2.5f,
        6.7f, 3f, 5.2f, 2.3f, 6.3f, 2.5f, 5f, 1.9f, 6.5f, 3f, 5.2f, 2f, 6.2f, 3.4f, 5.4f, 2.3f, 5.9f, 3f, 5.1f, 1.8f,
    ];

    private readonly float[] _values;

    private CertifiedData(float[] values, float[] y, double[] weights, double deviance) =>
        (_values, Y, Weights, Deviance) = (values, y, weights, deviance);

    public static CertifiedData HeartScale { get; } = new(
        DataReader.ReadSample().Values.Read(0, 270).ToArray(),
        new Datasets([DataReader.ReadSample()]).Targets<Logit>().Targets[0],
        [
            -4.1945941209106968e-01, 7.7105454608776525e-01, 1.0513426478511525e+00, 1.3364464522459427e+00,
            1.5829298946765902e+00, -3.9740517544061854e-01, 3.0166818164044334e-01, -1.3784672795679058e+00,
            4.1469274279638585e-01, 1.0654403807575135e+00, 4.4227636366480200e-01, 1.7479069000132108e+00,
            6.8276769197663068e-01, 2.2020621918199357e+00,
        ],
        179.597762305376);

    /// <summary>Nearly separable, and the columns nearly dependent: the worst of the four.</summary>
    public static CertifiedData Iris { get; } = new(
        Irises,
        [.. Enumerable.Range(0, 100).Select(i => i < 50 ? 0f : 1f)],
        [-2.4652201951866601e+00, -6.6808870140785492e+00, 9.4293851539266367e+00, 1.8286136887850986e+01, -4.2637803813021989e+01],
        11.898546791359);

    public static CertifiedData AutomaticByDisplacementAndPower { get; } =
        new(CarColumns(0, 1), CarColumns(4), [-9.5179722755699775e-02, 1.2170172590460787e-01, 1.4034220319118698e+00], 16.712927904063);

    public static CertifiedData EngineByWeightAndDisplacement { get; } =
        new(CarColumns(2, 0), CarColumns(3), [1.6263532481494334e+00, -3.4433726744866888e-02, 1.6085926001027344e+00], 21.400385016211);

    public float[] Y { get; }

    public double[] Weights { get; }

    public double Deviance { get; }

    public Observations Data => new(new DesignMatrix(_values, Weights.Length - 1, intercept: true), Y);

    /// <summary>Fails unless the weights are within a thousandth of their standard errors, and the deviance within a millionth.</summary>
    public void Check(ReadOnlySpan<float> weights, double loss)
    {
        Assert.Equal(1.0, 2 * loss / Deviance, 1e-6);
        var errors = StandardErrors(Data.X, Weights);
        for (var j = 0; j < weights.Length; j++)
            Assert.True(Math.Abs(weights[j] - Weights[j]) <= 1e-3 * errors[j],
                $"weight {j} is {weights[j]:R}, not {Weights[j]:R}: {Math.Abs(weights[j] - Weights[j]) / errors[j]:E1} standard errors");
    }

    private static float[] CarColumns(params int[] columns) =>
        [.. Enumerable.Range(0, 32).SelectMany(i => columns.Select(column => Cars[(5 * i) + column]))];

    // The square roots of the diagonal of (XᵀDX)⁻¹, D = σ(z)(1 − σ(z)), by Gauss–Jordan elimination in double.
    private static double[] StandardErrors(in DesignMatrix x, double[] w)
    {
        var n = w.Length;
        var matrix = new double[n, 2 * n];
        for (var j = 0; j < n; j++)
            matrix[j, n + j] = 1;
        for (var i = 0; i < x.Rows; i++)
        {
            var row = DoubleOracle.Widen(x.Row(i)).Append(1.0).ToArray();
            var mean = 1 / (1 + Math.Exp(-row.Zip(w).Sum(pair => pair.First * pair.Second)));
            for (var j = 0; j < n; j++)
            {
                for (var k = 0; k < n; k++)
                    matrix[j, k] += mean * (1 - mean) * row[j] * row[k];
            }
        }

        for (var pivot = 0; pivot < n; pivot++)
        {
            var scale = matrix[pivot, pivot];
            for (var k = 0; k < 2 * n; k++)
                matrix[pivot, k] /= scale;
            for (var j = 0; j < n; j++)
            {
                var factor = matrix[j, pivot];
                for (var k = 0; k < 2 * n && j != pivot; k++)
                    matrix[j, k] -= factor * matrix[pivot, k];
            }
        }

        return [.. Enumerable.Range(0, n).Select(j => Math.Sqrt(matrix[j, n + j]))];
    }
}
