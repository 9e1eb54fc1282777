using System.Globalization;
using System.Text.RegularExpressions;
using Reranker.TestKit.Processes;

namespace Reranker.Client.Drills;

/// <summary><c>samples/DocsSearch</c>: its answers, and that reranking gains what it claims.</summary>
public sealed partial class SampleTests
{
    [Fact]
    public async Task It_says_where_the_answer_is()
    {
        var output = await RunAsync("How do I load a new version of a model while the fleet serves?");

        Assert.Contains("models.md#changing-models-while-they-serve", output.Split('\n')[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_question_that_nothing_answers_is_told_so()
    {
        var (code, output, error) = await ProgramProcess.RunAsync(Path.Combine(AppContext.BaseDirectory, "DocsSearch.dll"), ["qqq"], input: null, TestContext.Current.CancellationToken);

        Assert.Equal((1, ""), (code, output));
        Assert.Contains("No passage", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_labelled_section_is_there_and_reranking_finds_them_better_than_words_do()
    {
        var sections = DocsSearch.MarkdownFolder.ReadPassages(Path.Combine(Checkout.Root, "docs")).Select(static p => p.Section).ToHashSet();
        var questions = DocsSearch.Evaluation.ReadQuestions(Path.Combine(AppContext.BaseDirectory, "questions.jsonl"));
        Assert.True(questions.Count >= 20);
        Assert.Empty(questions.SelectMany(static q => q.Sections).Except(sections));

        var output = await RunAsync("--evaluate");

        var result = Result().Match(output);
        Assert.True(result.Success, output);
        var (words, meaning) = (ReadNumber(result.Groups[1]), ReadNumber(result.Groups[2]));
        Assert.True(meaning > words, output);
    }

    private static async Task<string> RunAsync(string argument)
    {
        var (code, output, error) = await ProgramProcess.RunAsync(
            Path.Combine(AppContext.BaseDirectory, "DocsSearch.dll"), [argument], input: null, TestContext.Current.CancellationToken);
        Assert.True(code == 0, error);
        return output;
    }

    private static double ReadNumber(Group group) => double.Parse(group.Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"BM25 ([0-9.]+), reranked ([0-9.]+)")]
    private static partial Regex Result();
}
