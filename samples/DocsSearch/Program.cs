using System.Globalization;
using DocsSearch;

// Retrieve by words, rerank by meaning, show where the answer is.
//   dotnet run -c Release --project samples/DocsSearch -- "How do I load a new version of a model while the fleet serves?"
//   dotnet run -c Release --project samples/DocsSearch -- --evaluate
const int Candidates = 30;
const int Shown = 3;

string? folder = null, server = null, question = null;
var evaluate = false;
for (var i = 0; i < args.Length; i++)
{
    switch (args[i])
    {
        case "--folder" when i + 1 < args.Length:
            folder = args[++i];
            break;
        case "--server" when i + 1 < args.Length:
            server = args[++i];
            break;
        case "--evaluate":
            evaluate = true;
            break;
        case var text when question is null && !text.StartsWith('-'):
            question = text;
            break;
        default:
            question = null;
            i = args.Length;
            break;
    }
}

if ((question is null) == !evaluate || (folder is not null && !Directory.Exists(folder)))
{
    Console.Error.WriteLine("Usage: DocsSearch QUESTION | --evaluate  [--folder FOLDER] [--server URL]");
    return 2;
}

folder ??= FindDocs();
if (!Directory.EnumerateFiles(folder, "*.md", SearchOption.AllDirectories).Any())
{
    Console.Error.WriteLine($"There is no Markdown in {folder}.");
    return 2;
}

var index = new Bm25Index(MarkdownFolder.ReadPassages(folder));
await using var local = server is null ? await LocalServer.StartAsync() : null;
using var http = new HttpClient { BaseAddress = local?.Url ?? new Uri(server!.TrimEnd('/') + "/") };
var api = new RerankApi(http);
try
{
    return evaluate ? await EvaluateAsync() : await AnswerAsync(question!);
}
catch (HttpRequestException exception)
{
    // Caught, so that the server of the sample ends with it.
    Console.Error.WriteLine(exception.Message);
    return 1;
}

async Task<int> AnswerAsync(string text)
{
    var found = index.Search(text, Candidates);
    if (found.Count == 0)
    {
        Console.Error.WriteLine("No passage has a word of the question.");
        return 1;
    }

    foreach (var (passage, relevance) in (await api.RankAsync(text, found)).DistinctBy(static r => r.Passage.Section).Take(Shown))
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{relevance:0.000}  {passage.Section}"));
        Console.WriteLine($"       {passage.Text.ReplaceLineEndings(" ")[..Math.Min(passage.Text.Length, 150)]}…");
    }

    return 0;
}

async Task<int> EvaluateAsync()
{
    var questions = Evaluation.ReadQuestions(Path.Combine(AppContext.BaseDirectory, "questions.jsonl"));
    double words = 0, meaning = 0;
    foreach (var (text, sections) in questions)
    {
        var found = index.Search(text, Candidates);
        var ranked = found.Count == 0 ? [] : await api.RankAsync(text, found);
        var (before, after) = (Evaluation.ComputeNdcg(found, sections), Evaluation.ComputeNdcg(ranked.Select(static r => r.Passage), sections));
        (words, meaning) = (words + before, meaning + after);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{before:0.00} -> {after:0.00}  {text}"));
    }

    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"nDCG@10 of {questions.Count} questions: BM25 {words / questions.Count:0.000}, reranked {meaning / questions.Count:0.000}"));
    return 0;
}

static string FindDocs()
{
    for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
    {
        if (File.Exists(Path.Combine(at.FullName, "Reranker.sln")))
        {
            return Path.Combine(at.FullName, "docs");
        }
    }

    throw new InvalidOperationException("The sample does not run from a checkout; name a folder with --folder.");
}
