using System.Text.Json;
using System.Text.RegularExpressions;

namespace Reranker.Tool.Hub;

/// <summary>Asks the hub what a model has: its files at a revision, and size and hash of each.</summary>
internal sealed partial class RemoteRepository(HubReference model, HubSettings settings, HubHttp http)
{
    private const int MaxListingBytes = 32 << 20;
    private const long MaxFileBytes = 1L << 42;

    private readonly HubRetries _retries = new(settings);

    /// <summary>Which commit the revision is, and which files that has.</summary>
    public Task<RemoteListing> ReadListingAsync(CancellationToken cancellationToken) => _retries.RunAsync(
        async stop =>
        {
            var url = new Uri($"{settings.Address}/api/models/{model.Repository}/revision/{Uri.EscapeDataString(model.Revision)}");
            using var reply = await http.SendAsync(new HubRequest(model, url), stop);
            return ParseListing(await ReadTextAsync(reply, url, stop));
        },
        cancellationToken);

    /// <summary>Size and hash of a file, from the reply that would send its content.</summary>
    public Task<RemoteFile> ReadFileAsync(string commit, string name, CancellationToken cancellationToken) => _retries.RunAsync(
        async stop =>
        {
            var request = new HubRequest(model, FindFileUrl(commit, name)) { Method = HttpMethod.Head, File = name, StopsAtLink = true };
            using var reply = await http.SendAsync(request, stop);
            var size = ReadHeader(reply, "X-Linked-Size") is { } text && long.TryParse(text, out var linked) ? linked : reply.Content.Headers.ContentLength;
            var tag = (ReadHeader(reply, HubHttp.LinkedTag) ?? ReadHeader(reply, "ETag") ?? "").Replace("W/", "", StringComparison.Ordinal).Trim('"');
            return size is >= 0 and <= MaxFileBytes && SafeName().IsMatch(tag)
                ? new RemoteFile(name, size.Value, tag)
                : throw new HubException($"{settings.Endpoint.Authority} does not say how large {name} is and what its hash is: that is no hub");
        },
        cancellationToken);

    /// <summary>Where the content of a file is.</summary>
    public Uri FindFileUrl(string commit, string name)
        => new($"{settings.Address}/{model.Repository}/resolve/{commit}/{string.Join('/', name.Split('/').Select(Uri.EscapeDataString))}");

    private RemoteListing ParseListing(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            var commit = json.RootElement.GetProperty("sha").GetString() ?? "";
            string[] files = [.. json.RootElement.GetProperty("siblings").EnumerateArray().Select(s => s.GetProperty("rfilename").GetString() ?? "")];
            return SafeName().IsMatch(commit)
                ? new RemoteListing(commit, files)
                : throw new HubException($"{settings.Endpoint.Authority} names the commit '{model.Revision}' of {model.Repository} by what is no hash");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new HubException($"{settings.Endpoint.Authority} answers the question for {model.Repository} as no hub does: is HF_ENDPOINT right?", e);
        }
    }

    private async Task<string> ReadTextAsync(HttpResponseMessage reply, Uri url, CancellationToken cancellationToken)
    {
        using var stall = new CancellationTokenSource(settings.StallTime, settings.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stall.Token, cancellationToken);
        try
        {
            await reply.Content.LoadIntoBufferAsync(MaxListingBytes, either.Token);
            return await reply.Content.ReadAsStringAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HubFaults(settings).DescribeStall(url);
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            throw new HubException($"{url.Authority} answers the question for {model.Repository} with more than {MaxListingBytes >> 20} MiB", e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new PassingFaultException($"the connection to {url.Authority} was cut", e);
        }
    }

    private static string? ReadHeader(HttpResponseMessage reply, string name)
        => reply.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    // It becomes the name of a file.
    [GeneratedRegex(@"^[0-9A-Za-z][0-9A-Za-z._-]{0,127}\z")]
    private static partial Regex SafeName();
}
