using System.Collections.Concurrent;
using Reranker.Client;
using Reranker.Models;

namespace Reranker.Gateway.Tests.Fakes;

/// <summary>Remembers commands and answers what a test scripts.</summary>
internal sealed class ScriptedModelAdmin : IModelAdmin
{
    public ConcurrentQueue<object> Commands { get; } = new();

    public Func<ModelAdminReply> Script { get; set; } = static () => new ModelAdminReply
    {
        Outcome = ModelAdminOutcome.Done,
        Models =
        [
            new ModelState
            {
                Name = "mini",
                Identity = "abc",
                Weight = 1,
                Silos = [new SiloModelState { Silo = "s", Phase = ModelPhase.Failed, Error = "why" }],
            },
        ],
    };

    public Task<ModelAdminReply> GetModelsAsync(CancellationToken cancellationToken) => AnswerAsync("get");

    public Task<ModelAdminReply> LoadModelAsync(LoadModel command, CancellationToken cancellationToken) => AnswerAsync(command);

    public Task<ModelAdminReply> UnloadModelAsync(UnloadModel command, CancellationToken cancellationToken) => AnswerAsync(command);

    public Task<ModelAdminReply> SetSharesAsync(RouteModel command, CancellationToken cancellationToken) => AnswerAsync(command);

    private Task<ModelAdminReply> AnswerAsync(object command)
    {
        Commands.Enqueue(command);
        return Task.FromResult(Script());
    }
}
