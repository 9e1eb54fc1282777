namespace Reranker.Chart.Drills.Images;

/// <summary>One instruction of a stage, such as <c>RUN</c> and what it runs.</summary>
internal sealed record DockerInstruction(string Word, string Text);

/// <summary>A stage of the Dockerfile.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Base">What it starts from, as it is written.</param>
/// <param name="Instructions">Its instructions in their order.</param>
internal sealed record DockerStage(string Name, string Base, List<DockerInstruction> Instructions)
{
    /// <summary>Texts of all instructions of a kind.</summary>
    public IEnumerable<string> FindAll(string word) => Instructions.Where(i => i.Word == word).Select(static i => i.Text);
}

/// <summary>The Dockerfile of this repository, as far as it uses Docker's language. What it does not know stops it.</summary>
internal sealed class Dockerfile
{
    private static readonly string[] Known = ["ARG", "FROM", "WORKDIR", "COPY", "ENV", "RUN", "EXPOSE", "USER", "HEALTHCHECK", "ENTRYPOINT", "CMD", "VOLUME"];

    private readonly Dictionary<string, DockerStage> _stages = [];

    private Dockerfile()
    {
    }

    /// <summary>Path of the file.</summary>
    public static string Path { get; } = System.IO.Path.Combine(Chart.Root, "deploy", "Dockerfile");

    /// <summary>Arguments before the first stage, with their defaults.</summary>
    public Dictionary<string, string> Arguments { get; } = [];

    /// <summary>Stages by name.</summary>
    public IReadOnlyDictionary<string, DockerStage> Stages => _stages;

    /// <summary>Stages that start from no other stage.</summary>
    public IEnumerable<DockerStage> FromElsewhere => _stages.Values.Where(s => !_stages.ContainsKey(s.Base));

    /// <summary>Reads the file.</summary>
    public static Dockerfile Read()
    {
        var file = new Dockerfile();
        DockerStage? stage = null;
        foreach (var line in ReadLines())
        {
            var space = line.IndexOf(' ', StringComparison.Ordinal);
            var (word, text) = (line[..space], line[(space + 1)..].Trim());
            Assert.True(Known.Contains(word), $"{word} is an instruction that these drills do not know.");
            if (word == "FROM")
            {
                var parts = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                Assert.True(parts is [_, "AS", _], line);
                stage = new DockerStage(parts[2], parts[0], []);
                file._stages.Add(stage.Name, stage);
            }
            else if (stage is not null)
            {
                stage.Instructions.Add(new DockerInstruction(word, text));
            }
            else
            {
                var (name, value) = SplitPair(text);
                file.Arguments.Add(name, value);
            }
        }

        return file;
    }

    /// <summary>Splits <c>NAME=VALUE</c>.</summary>
    public static (string Name, string Value) SplitPair(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        return (text[..equals], text[(equals + 1)..]);
    }

    // Lines without comments, those that go on put together.
    private static IEnumerable<string> ReadLines()
    {
        var whole = "";
        foreach (var line in File.ReadLines(Path).Select(static l => l.Trim()).Where(static l => l.Length > 0 && !l.StartsWith('#')))
        {
            whole += line.TrimEnd('\\');
            if (!line.EndsWith('\\'))
            {
                yield return whole;
                whole = "";
            }
        }
    }
}
