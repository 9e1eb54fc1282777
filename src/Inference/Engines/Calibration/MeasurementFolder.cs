using System.Text;
using Microsoft.Extensions.Logging;
using Reranker.Inference.Logging;

namespace Reranker.Inference.Engines.Calibration;

/// <summary>Where an engine keeps what its start measured. A folder that cannot be written costs a warning and later starts their time, nothing else.</summary>
/// <param name="path">The folder; made when something is written.</param>
/// <param name="model">Name of the model.</param>
/// <param name="logger">Told when it cannot be written.</param>
/// <param name="about">What its name stands for, for people; null where somebody else says it.</param>
internal sealed partial class MeasurementFolder(string path, string model, ILogger logger, string? about = null)
{
    /// <summary>Name of the file that says what a folder's name stands for.</summary>
    public const string AboutFile = "key.txt";

    /// <summary>Name of the file of kernels.</summary>
    public const string KernelsFile = "kernels.json";

    /// <summary>All that starts write into one.</summary>
    public static readonly string[] Files = [AboutFile, KeptCosts.FileName, KernelsFile];

    private bool _isRefused;

    /// <summary>Where a file of it lies.</summary>
    public string FindPath(string file) => Path.Combine(path, file);

    /// <summary>Writes a file. After one that could not be written no other is tried.</summary>
    /// <param name="file">Its name.</param>
    /// <param name="write">Writes it, given its path.</param>
    public void TryWrite(string file, Action<string> write)
    {
        if (_isRefused)
        {
            return;
        }

        try
        {
            Directory.CreateDirectory(path);
            if (about is not null && !File.Exists(FindPath(AboutFile)))
            {
                WholeFile.WriteFile(FindPath(AboutFile), stream => stream.Write(Encoding.UTF8.GetBytes(about)));
            }

            write(FindPath(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _isRefused = true;
            LogNotKept(logger, model, path, e.Message);
        }
    }

    /// <summary>Forgets a file, so that the next start measures what it said.</summary>
    public void TryForget(string file)
    {
        try
        {
            if (Directory.Exists(path))
            {
                File.Delete(FindPath(file));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogNotKept(logger, model, path, e.Message);
        }
    }

    [LoggerMessage(
        InferenceEventIds.MeasurementsNotKept,
        LogLevel.Warning,
        "What the start of model {Model} measured is not kept in {Folder}, so its next start measures again: {Reason}")]
    private static partial void LogNotKept(ILogger logger, string model, string folder, string reason);
}
