namespace Reranker.Fuzz.Requests;

/// <summary>One request before it is bytes. Mutators change it; what it must be answered is read from what is left of it.</summary>
internal sealed class FuzzRequest
{
    /// <summary>The route it was made for.</summary>
    public required Route Route { get; init; }

    public required string Method { get; set; }

    /// <summary>Path and query, as they are sent.</summary>
    public required string Target { get; set; }

    public List<Field> Headers { get; } = [];

    public byte[] Body { get; set; } = [];

    public Framing Framing { get; set; }

    /// <summary>Random choices of the framing come from here, so that the same case gives the same bytes.</summary>
    public int FramingSeed { get; set; }

    /// <summary>Whether a probe is sent right behind it, in the same packet.</summary>
    public bool IsPipelined { get; set; }

    /// <summary>Whether <see cref="Target"/> is another spelling than the route's: it may, or may not, be the same resource.</summary>
    public bool HasOddTarget { get; set; }

    /// <summary>Whether the server may refuse it before any route sees it: a head that is no good HTTP.</summary>
    public bool HasOddHead { get; set; }

    /// <summary>Changes of the finished bytes: nothing is known about such a request but that it is no reason to fail.</summary>
    public Action<byte[]>? Flip { get; set; }

    /// <summary>Names of the mutators that changed it.</summary>
    public List<string> Mutations { get; } = [];

    /// <summary>Whether the connection is in a known state behind it.</summary>
    public bool IsWellFramed => Framing is Framing.Length or Framing.Chunked && Flip is null && !HasOddHead;

    /// <summary>The value of a header; several with commas between, the empty ones left out. Null when there is none.</summary>
    public string? Header(string name)
    {
        var values = Headers.Where(field => field.Is(name)).Select(static field => field.Text ?? "\uFFFD").ToArray();
        return values.Length == 0 ? null : string.Join(',', values.Where(static value => value.Length > 0));
    }

    public void Set(string name, string value)
    {
        Headers.RemoveAll(field => field.Is(name));
        Headers.Add(new Field(name, value));
    }
}
