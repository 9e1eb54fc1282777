using System.Globalization;
using System.Text;
using Reranker.Fuzz.Requests;

namespace Reranker.Fuzz.Generation;

/// <summary>A request whose body is still a tree.</summary>
/// <param name="Request">All but the body.</param>
/// <param name="Body">The body; null for a request without one.</param>
internal sealed record Draft(FuzzRequest Request, ObjectNode? Body)
{
    /// <summary>The header that says where the JSON of a body ends.</summary>
    public const string TextLength = "Inference-Header-Content-Length";

    /// <summary>Bytes before the body: lines of others.</summary>
    public byte[] Before { get; init; } = [];

    /// <summary>Bytes behind the body: lines of others, or tensors.</summary>
    public byte[] Behind { get; init; } = [];

    /// <summary>Whether a header says where the JSON ends.</summary>
    public bool TellsLength { get; init; }

    /// <summary>Writes the body into the request.</summary>
    public FuzzRequest Finish(Random random)
    {
        if (Body is not null)
        {
            var json = new StringBuilder();
            Body.Write(json, random);
            var bytes = Encoding.UTF8.GetBytes(json.ToString());
            Request.Body = [.. Before, .. bytes, .. Behind];
            if (TellsLength)
            {
                Request.Set(TextLength, bytes.Length.ToString(CultureInfo.InvariantCulture));
            }
        }

        return Request;
    }
}
