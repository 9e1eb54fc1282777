using System.Text.Json;
using System.Text.RegularExpressions;

namespace Reranker.Chart.Drills.Images;

/// <summary>An image as its stage of the Dockerfile declares it, and the folder with the files that are copied into it.</summary>
internal sealed partial class Image
{
    private Image(DockerStage stage, string files)
    {
        (Name, Files) = (stage.Name, files);
        Application = stage.FindAll("WORKDIR").Single();
        User = stage.FindAll("USER").Single();
        Command = [.. ReadList(stage.FindAll("ENTRYPOINT").Single()), .. stage.FindAll("CMD").SelectMany(ReadList)];
        Health = ReadList(HealthCommand().Match(stage.FindAll("HEALTHCHECK").Single()).Groups[1].Value);
        Volumes = [.. stage.FindAll("VOLUME").SelectMany(static v => v.Split(' '))];
        foreach (var (name, value) in stage.FindAll("ENV").SelectMany(static e => e.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Select(Dockerfile.SplitPair))
        {
            Environment.Add(name, value);
        }
    }

    /// <summary>Name of the target.</summary>
    public string Name { get; }

    /// <summary>Folder of this machine whose files are those of <see cref="Application"/>.</summary>
    public string Files { get; }

    /// <summary>Folder of the program in the image.</summary>
    public string Application { get; }

    /// <summary>User and group, as numbers.</summary>
    public string User { get; }

    /// <summary>Entry point with its arguments.</summary>
    public string[] Command { get; }

    /// <summary>Command of the health check.</summary>
    public string[] Health { get; }

    /// <summary>Folders that can be written to where nobody mounts anything.</summary>
    public string[] Volumes { get; }

    /// <summary>Environment variables.</summary>
    public Dictionary<string, string> Environment { get; } = [];

    /// <summary>Whether the program brings .NET along, since its base image has none.</summary>
    public bool IsSelfContained => Command[0] != "dotnet";

    /// <summary>Puts an image together: what its stage declares, and the output of the stage that it copies from.</summary>
    public static async Task<Image> CreateAsync(ImageBuild build, string target, CancellationToken cancellationToken)
    {
        var stage = build.Dockerfile.Stages[target];
        var copy = Copy().Match(stage.FindAll("COPY").Single());
        Assert.True(copy.Success, $"{target} copies in a way that these drills do not know.");
        return new Image(stage, await build.RunStageAsync(copy.Groups[1].Value, cancellationToken));
    }

    private static string[] ReadList(string json) => JsonSerializer.Deserialize<string[]>(json)!;

    [GeneratedRegex(@"^--from=([a-z-]+) /out \.$")]
    private static partial Regex Copy();

    [GeneratedRegex(@"CMD (\[.*\])$")]
    private static partial Regex HealthCommand();
}
