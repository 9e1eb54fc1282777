using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Reranker.Chart.Drills;

/// <summary>Secrets of a cluster in which each has a value of its own: a connection string, or the reference and what makes it long enough for a key.</summary>
internal sealed class AnySecret : IReadOnlyDictionary<string, string>
{
    public IEnumerable<string> Keys => [];

    public IEnumerable<string> Values => [];

    public int Count => 0;

    public string this[string key] => key switch
    {
        "reranker-store/connectionString" => "redis.example.com:6380",
        "reranker-store/url" => "Host=postgresql.example.com;Database=reranker;Username=reranker;Password=secret",
        _ => $"{key}-0123456789abcdef",
    };

    public bool ContainsKey(string key) => true;

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out string value)
    {
        value = this[key];
        return true;
    }

    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => Enumerable.Empty<KeyValuePair<string, string>>().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
