using System.CommandLine;
using Kernels.Cli.Data;

namespace Kernels.Cli.Commands;

/// <summary>The options that say how a data file is read, shared by the commands.</summary>
internal sealed class ReadingOptions
{
    private readonly Option<DataFormat> _format = new("--format") { Description = "auto (by the file's name), libsvm or csv" };

    private readonly Option<string?> _target = new("--target") { Description = "CSV: the label's column, by name or number; the last one if not given" };

    private readonly Option<bool> _noHeader = new("--no-header") { Description = "CSV: the first line is data" };

    internal void AddTo(Command command)
    {
        command.Options.Add(_format);
        command.Options.Add(_target);
        command.Options.Add(_noHeader);
    }

    internal ReadOptions Of(ParseResult result) =>
        new(result.GetValue(_format), result.GetValue(_target), HasHeader: !result.GetValue(_noHeader));
}
