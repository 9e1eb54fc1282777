using Orleans.Serialization.Activators;

namespace Reranker.Requests;

/// <summary>Makes the requests that are read from messages, and marks them as such.</summary>
[RegisterActivator]
internal sealed class RerankRequestActivator : IActivator<RerankRequest>
{
    /// <summary>Called by the serializer, which then sets every member.</summary>
    public RerankRequest Create()
    {
        var request = new RerankRequest { Query = "", Passages = [], RemainingMilliseconds = 0 };
        request.TakeTextOwnership();
        return request;
    }
}
