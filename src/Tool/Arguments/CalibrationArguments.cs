using System.CommandLine;
using Reranker.Onnx.Quantization.Ranges;
using Reranker.Tool.Input;

namespace Reranker.Tool.Arguments;

/// <summary>Options of commands that calibrate.</summary>
internal sealed class CalibrationArguments
{
    private readonly Option<FileInfo> _file = new("--calibration")
    {
        Description = "JSON lines with \"query\" and \"passage\" (or \"document\", or \"documents\"); plain, .gz, .br or .xz. Default: built-in texts in several languages.",
        HelpName = "FILE",
    };

    private readonly Option<int> _most = new("--calibration-pairs")
    {
        Description = "Most pairs of the file that are run, evenly spaced.",
        DefaultValueFactory = _ => 512,
    };

    public void AddTo(Command command)
    {
        _file.AcceptExistingOnly();
        _most.AtLeast(1);
        command.Options.Add(_file);
        command.Options.Add(_most);
    }

    /// <summary>The pairs that were named, else the built-in ones.</summary>
    public CalibrationPairs ReadPairs(ParseResult parsed) => TextPairs.ReadCalibration(parsed.GetValue(_file), parsed.GetValue(_most));
}
