using Grpc.Core;
using Microsoft.Extensions.Options;
using Reranker.Gateway.Configuration;
using Reranker.Gateway.Errors;

namespace Reranker.Gateway.Rpc;

/// <summary>
/// Reads the messages of a stream and has several answered at once; how far a caller gets ahead of its replies is limited by not
/// reading on. A gateway that is to stop reads nothing more, answers what it has, and tells the caller to go elsewhere.
/// </summary>
internal sealed class RpcStreams(IHostApplicationLifetime lifetime, IOptions<GrpcOptions> options)
{
    /// <summary>Reads to the end of the stream.</summary>
    /// <param name="messages">The stream.</param>
    /// <param name="context">Its call.</param>
    /// <param name="take">Takes a message.</param>
    /// <exception cref="RpcException">A message is none, or the gateway stops.</exception>
    public async Task ReadAsync<TMessage>(IAsyncStreamReader<TMessage> messages, ServerCallContext context, Func<TMessage, Task> take)
    {
        var contract = RpcCall.Find(context).Contract;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStopping, context.CancellationToken);
        while (await MoveNextAsync(messages, contract, stop.Token))
        {
            await take(messages.Current);
        }
    }

    /// <summary>Reads to the end of the stream and has each message answered beside others.</summary>
    /// <param name="messages">The stream.</param>
    /// <param name="context">Its call.</param>
    /// <param name="answer">Answers a message.</param>
    /// <exception cref="RpcException">A message is none, an answer failed, or the gateway stops.</exception>
    public async Task AnswerAsync<TMessage>(
        IAsyncStreamReader<TMessage> messages, ServerCallContext context, Func<TMessage, StreamPlace, Task> answer)
    {
        var call = RpcCall.Find(context);
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
        using var slots = new SemaphoreSlim(options.Value.MaxRequestsPerStream);
        List<Task> running = [];
        ulong next = 0;
        try
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStopping, failed.Token);
            while (await MoveNextAsync(messages, call.Contract, stop.Token))
            {
                var message = call.TakeMessage();
                await slots.WaitAsync(CancellationToken.None);
                var before = running.Count > 0 ? running[^1] : Task.CompletedTask;
                running.RemoveAll(static task => task.IsCompletedSuccessfully);
                running.Add(AnswerOneAsync(messages.Current, new StreamPlace(next++, message, before)));
            }
        }
        catch (OperationCanceledException) when (failed.IsCancellationRequested && !context.CancellationToken.IsCancellationRequested)
        {
            // The answer that failed says why, below.
        }
        finally
        {
            await Task.WhenAll(running);
        }

        async Task AnswerOneAsync(TMessage message, StreamPlace place)
        {
            try
            {
                // Begins on its own, so that the next message is read meanwhile.
                await Task.Yield();
                await answer(message, place);
            }
            catch
            {
                await failed.CancelAsync();
                throw;
            }
            finally
            {
                place.Message.Dispose();
                slots.Release();
            }
        }
    }

    private async Task<bool> MoveNextAsync<TMessage>(IAsyncStreamReader<TMessage> messages, RpcContract contract, CancellationToken stop)
    {
        try
        {
            return await messages.MoveNext(stop);
        }
        catch (Exception exception) when (
            exception is OperationCanceledException or RpcException { StatusCode: StatusCode.Cancelled } && lifetime.ApplicationStopping.IsCancellationRequested)
        {
            throw RpcStatus.CreateException(contract, new GatewayError(GatewayErrorKind.Unavailable, "This gateway is stopping."));
        }
    }
}
