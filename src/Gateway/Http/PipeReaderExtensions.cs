using System.IO.Pipelines;

namespace Reranker.Gateway.Http;

internal static class PipeReaderExtensions
{
    /// <summary>
    /// Ends the pending read when the token is cancelled. The read itself does not take the token: a read that is cancelled so leaves
    /// the server's reader in a state in which it can read no more, and the connection is closed under the reply.
    /// </summary>
    public static CancellationTokenRegistration CancelPendingReadOn(this PipeReader reader, CancellationToken cancellationToken) =>
        cancellationToken.UnsafeRegister(static reader => ((PipeReader)reader!).CancelPendingRead(), reader);
}
