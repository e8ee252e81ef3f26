using System.Globalization;

namespace Kernels.Tests.Support;

/// <summary>
/// A data set with coefficients, standard errors and deviance that Newton's method in 60-digit arithmetic found on its float32 values:
/// NIST's linear ones, R's, and small ones of users' lives (tests/Kernels.Tests/Certified).
/// </summary>
public sealed class CertifiedSet
{
    private readonly float[] _values;
    private readonly float[] _targets;
    private readonly float[] _weights;
    private readonly float[] _offset;
    private readonly bool _intercept;

    private CertifiedSet(string name, string[][] values)
    {
        (Link, _intercept) = (values[0][1], values[0][2] == "True");
        var lines = File.ReadAllLines(Path.Combine(Folder, name + ".csv"));
        var header = lines[0].Split(',');
        var rows = Array.ConvertAll(lines[1..], line =>
            Array.ConvertAll(line.Split(','), text => float.Parse(text, CultureInfo.InvariantCulture)));
        Names = [.. header.Where(column => column[0] != '_')];
        _values = [.. rows.SelectMany(row => row.Where((_, j) => header[j][0] != '_'))];
        (_targets, _weights, _offset) = (Column("_target"), Column("_weight"), Column("_offset"));
        Coefficients = [.. Names.Select(Value), .. _intercept ? [Value("(intercept)")] : Array.Empty<double>()];
        Errors = [.. Names.Select(Error), .. _intercept ? [Error("(intercept)")] : Array.Empty<double>()];
        (Deviance, IterationsOfR) = (Value("(deviance)"), (int)Value("(iterations of R)"));

        float[] Column(string column) => Array.IndexOf(header, column) is >= 0 and var at ? Array.ConvertAll(rows, row => row[at]) : [];
        double Value(string term) => double.Parse(values.Single(line => line[3] == term)[4], CultureInfo.InvariantCulture);
        double Error(string term) => values.Single(line => line[3] == term)[5] is { Length: > 0 } text
            ? double.Parse(text, CultureInfo.InvariantCulture)
            : double.NaN;
    }

    public static IEnumerable<string> All => Lines().Select(line => line[0]).Distinct();

    public string Link { get; }

    public string[] Names { get; }

    /// <summary>The intercept last; 0 for a column that is a combination of others.</summary>
    public double[] Coefficients { get; }

    /// <summary>NaN for such a column.</summary>
    public double[] Errors { get; }

    public double Deviance { get; }

    public int IterationsOfR { get; }

    public Observations Data => new(new DesignMatrix(_values, _targets.Length, Names.Length, Names.Length, _intercept), _targets)
    {
        SampleWeights = _weights,
        Offset = _offset,
    };

    private static string Folder => Path.Combine(Repository.Root, "tests", "Kernels.Tests", "Certified");

    public static CertifiedSet Of(string name) => new(name, [.. Lines().Where(line => line[0] == name)]);

    private static IEnumerable<string[]> Lines() =>
        File.ReadLines(Path.Combine(Folder, "values.csv")).Skip(1).Select(line => line.Split(','));
}
