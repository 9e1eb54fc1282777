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
        Description = "With --calibration: most pairs of the file that are run, evenly spaced.",
        DefaultValueFactory = _ => 512,
    };

    public void AddTo(Command command)
    {
        _file.AcceptExistingOnly();
        _most.AtLeast(1);
        command.Options.Add(_file);
        command.Options.Add(_most);
        command.Validators.Add(result =>
        {
            if (result.GetResult(_most) is { Implicit: false } && result.GetResult(_file) is null)
            {
                result.AddError($"{_most.Name} belongs to {_file.Name}: of the built-in texts all are run.");
            }
        });
    }

    /// <summary>The pairs that were named, else the built-in ones.</summary>
    public CalibrationPairs ReadPairs(ParseResult parsed)
        => TextPairs.ReadCalibration(parsed.GetValue(_file), parsed.GetValue(_most), parsed.InvocationConfiguration.Error);
}
