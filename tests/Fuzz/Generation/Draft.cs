using System.Text;
using Reranker.Fuzz.Requests;

namespace Reranker.Fuzz.Generation;

/// <summary>A request whose body is still a tree.</summary>
/// <param name="Request">All but the body.</param>
/// <param name="Body">The body; null for a request without one.</param>
internal sealed record Draft(FuzzRequest Request, ObjectNode? Body)
{
    /// <summary>Writes the body into the request.</summary>
    public FuzzRequest Finish(Random random)
    {
        if (Body is not null)
        {
            var json = new StringBuilder();
            Body.Write(json, random);
            Request.Body = Encoding.UTF8.GetBytes(json.ToString());
        }

        return Request;
    }
}
