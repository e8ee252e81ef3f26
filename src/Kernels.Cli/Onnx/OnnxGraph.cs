namespace Kernels.Cli.Onnx;

/// <summary>The parts of an ONNX file (onnx.proto3, IR version 8; operator sets ai.onnx 13 and ai.onnx.ml 1).</summary>
internal sealed class OnnxGraph
{
    private const string Ml = "ai.onnx.ml";
    private const int Float = 1;

    private readonly List<ProtobufWriter> _nodes = [];
    private readonly List<ProtobufWriter> _constants = [];
    private readonly List<ProtobufWriter> _inputs = [];
    private readonly List<ProtobufWriter> _outputs = [];

    /// <summary>An input of rows.</summary>
    internal string Input(string name, int columns)
    {
        _inputs.Add(Value(name, Float, columns));
        return name;
    }

    /// <summary>An output of rows: columns of float32, or of another type (7 is int64, 8 is string), 0 columns for a vector.</summary>
    internal void Output(string name, int columns, int type = Float) => _outputs.Add(Value(name, type, columns));

    /// <summary>One row of numbers.</summary>
    internal string Constant(string name, ReadOnlySpan<float> values)
    {
        _constants.Add(new ProtobufWriter().Field(1, 1L).Field(1, values.Length).Field(2, Float).Field(8, name).Field(4, values));
        return name;
    }

    /// <summary>An operator; what comes out has the name given.</summary>
    internal string Node(string type, string output, params string[] inputs)
    {
        _nodes.Add(NodeOf(type, string.Empty, inputs, [output]));
        return output;
    }

    /// <summary>An operator of ai.onnx.ml.</summary>
    internal void MlNode(string type, string[] inputs, string[] outputs, params ProtobufWriter[] attributes) =>
        _nodes.Add(NodeOf(type, Ml, inputs, outputs).Field(5, attributes).Field(7, Ml));

    internal static ProtobufWriter Attribute(string name, ReadOnlySpan<float> values) =>
        new ProtobufWriter().Field(1, name).Field(7, values).Field(20, 6);

    internal static ProtobufWriter Attribute(string name, string text) => new ProtobufWriter().Field(1, name).Field(4, text).Field(20, 3);

    internal static ProtobufWriter Attribute(string name, long value) => new ProtobufWriter().Field(1, name).Field(3, value).Field(20, 2);

    internal static ProtobufWriter Attribute(string name, IReadOnlyList<long> values)
    {
        var attribute = new ProtobufWriter().Field(1, name);
        foreach (var value in values)
            attribute.Field(8, value);
        return attribute.Field(20, 7);
    }

    internal static ProtobufWriter Attribute(string name, IReadOnlyList<string> values)
    {
        var attribute = new ProtobufWriter().Field(1, name);
        foreach (var value in values)
            attribute.Field(9, value);
        return attribute.Field(20, 8);
    }

    /// <summary>The file, with some remarks.</summary>
    internal byte[] ToFile(IEnumerable<(string Key, string Value)> remarks) => new ProtobufWriter()
        .Field(1, 8L)
        .Field(2, "kernels")
        .Field(8, new ProtobufWriter().Field(1, string.Empty).Field(2, 13L))
        .Field(8, new ProtobufWriter().Field(1, Ml).Field(2, 1L))
        .Field(7, new ProtobufWriter().Field(1, _nodes).Field(2, "model").Field(5, _constants).Field(11, _inputs).Field(12, _outputs))
        .Field(14, remarks.Select(remark => new ProtobufWriter().Field(1, remark.Key).Field(2, remark.Value)))
        .ToArray();

    private static ProtobufWriter NodeOf(string type, string domain, string[] inputs, string[] outputs)
    {
        var node = new ProtobufWriter();
        foreach (var input in inputs)
            node.Field(1, input);
        foreach (var output in outputs)
            node.Field(2, output);
        return node.Field(3, outputs[0] + (domain.Length > 0 ? " (ml)" : string.Empty)).Field(4, type);
    }

    private static ProtobufWriter Value(string name, int type, int columns)
    {
        var shape = new ProtobufWriter().Field(1, new ProtobufWriter().Field(2, "rows"));
        if (columns > 0)
            shape.Field(1, new ProtobufWriter().Field(1, columns));
        return new ProtobufWriter().Field(1, name)
            .Field(2, new ProtobufWriter().Field(1, new ProtobufWriter().Field(1, type).Field(2, shape)));
    }
}
