using Reranker.Inference.Models;
using Reranker.Inference.Tokenization;
using Reranker.LoadTest.Requests;
using Reranker.LoadTest.Targets;

namespace Reranker.LoadTest.Texts;

/// <summary>Tokens of the sentences, by which texts of a wanted length are made.</summary>
/// <param name="Questions">Tokens of each query.</param>
/// <param name="Statements">Tokens of each statement.</param>
internal sealed record TextTokens(IReadOnlyList<int> Questions, IReadOnlyList<int> Statements)
{
    /// <summary>Counts with the model's own tokenizer.</summary>
    public static TextTokens Of(ITextTokenizer tokenizer) => new(
        [.. Sentences.Questions.Select(s => tokenizer.Encode(s).Ids.Length)],
        [.. Sentences.Statements.Select(s => tokenizer.Encode(s).Ids.Length)]);

    /// <summary>Asks the server, which says how many tokens it read of a pair; for a driver that has no model folder.</summary>
    /// <exception cref="LoadTestException">The server did not answer, or did not say.</exception>
    public static async Task<TextTokens> AskAsync(ILoadTarget target, CancellationToken cancellationToken)
    {
        async Task<int> PairAsync(string query, string passage)
        {
            var answer = await target.SendAsync(LoadBody.Create(query, [passage]), new float[1], cancellationToken);
            return answer switch
            {
                { Error: { } error } => throw new LoadTestException($"The server failed a single pair: {error}."),
                { Tokens: 0 } => throw new LoadTestException("The server does not say how many tokens it read; name its model with --model."),
                _ => answer.Tokens,
            };
        }

        var questions = new int[Sentences.Questions.Count];
        for (var i = 0; i < questions.Length; i++)
        {
            questions[i] = await PairAsync(Sentences.Questions[i], "") - PairLayout.SpecialTokens;
        }

        var statements = new int[Sentences.Statements.Count];
        for (var i = 0; i < statements.Length; i++)
        {
            statements[i] = await PairAsync(Sentences.Questions[0], Sentences.Statements[i]) - questions[0] - PairLayout.SpecialTokens;
        }

        return new TextTokens(questions, statements);
    }
}
