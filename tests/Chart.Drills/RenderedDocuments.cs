using YamlDotNet.RepresentationModel;

namespace Reranker.Chart.Drills;

/// <summary>What Helm made of a value set.</summary>
internal sealed class RenderedDocuments
{
    private readonly List<YamlMappingNode> _documents;

    public RenderedDocuments(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        _documents = [.. stream.Documents.Select(static d => d.RootNode).OfType<YamlMappingNode>()];
    }

    /// <summary>Documents of a kind.</summary>
    public IEnumerable<YamlMappingNode> FindAll(string kind) => _documents.Where(d => ReadText(d, "kind") == kind);

    /// <summary>The only document of a kind whose name ends with a text.</summary>
    public YamlMappingNode Find(string kind, string nameEnd)
        => FindAll(kind).Single(d => ReadText(d, "metadata", "name").EndsWith(nameEnd, StringComparison.Ordinal));

    /// <summary>The text at a path; empty when there is none.</summary>
    public static string ReadText(YamlNode node, params IEnumerable<string> path) => FindNode(node, path) is YamlScalarNode { Value: { } value } ? value : "";

    /// <summary>The node at a path, in which a number is the index in a list; null when there is none.</summary>
    public static YamlNode? FindNode(YamlNode node, params IEnumerable<string> path)
    {
        foreach (var step in path)
        {
            var next = node switch
            {
                YamlMappingNode mapping when mapping.Children.TryGetValue(step, out var child) => child,
                YamlSequenceNode list when int.TryParse(step, out var index) && index < list.Children.Count => list.Children[index],
                _ => null,
            };
            if (next is null)
            {
                return null;
            }

            node = next;
        }

        return node;
    }
}
