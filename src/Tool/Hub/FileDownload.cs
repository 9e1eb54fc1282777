using System.Globalization;
using System.Net;

namespace Reranker.Tool.Hub;

/// <summary>
/// Fetches one file into the cache. What came so far is kept beside its final place and continued, by this process or a later
/// one; the file gets its name when its size and its hash are the ones that the hub told.
/// </summary>
internal sealed class FileDownload(HubReference model, HubCache cache, HubSettings settings, HubHttp http, IProgress<PullProgress>? progress)
{
    private const int PartBytes = 256 * 1024;

    // Fewer in the time of a stall are one: a byte now and then would keep a download for ever.
    private const int SlowBytes = 1024;

    /// <summary>Fetches a file, unless its content is there already.</summary>
    /// <returns>Bytes that were fetched.</returns>
    /// <exception cref="HubException">It cannot be had.</exception>
    public async Task<long> FetchAsync(RemoteFile file, Uri url, CancellationToken cancellationToken)
    {
        var blob = cache.GetBlobPath(file);
        using var held = await cache.TakeLockAsync(file, cancellationToken);
        if (File.Exists(blob) && new FileInfo(blob).Length == file.Bytes)
        {
            progress?.Report(new PullProgress(file.Name, file.Bytes, file.Bytes));
            return 0;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(blob)!);
        var incomplete = blob + HubCache.IncompleteEnd;
        var course = new Course();
        await new HubRetries(settings).RunAsync(
            async stop =>
            {
                await ContinueAsync(file, url, incomplete, course, stop);
                return true;
            },
            cancellationToken);
        File.Move(incomplete, blob, overwrite: true);
        return course.BytesFetched;
    }

    private async Task ContinueAsync(RemoteFile file, Uri url, string incomplete, Course course, CancellationToken cancellationToken)
    {
        await using var output = new FileStream(incomplete, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, useAsync: true);
        if (output.Length > file.Bytes)
        {
            output.SetLength(0);
        }

        var hash = ContentHash.Create(file);
        try
        {
            await HashAsync(output, hash, cancellationToken);
            var continued = output.Length;
            course.ReachedBytes = Math.Max(course.ReachedBytes, continued);
            if (continued < file.Bytes)
            {
                using var reply = await http.SendAsync(new HubRequest(model, url) { File = file.Name, From = continued }, cancellationToken);
                if (!IsContinued(reply, file, continued))
                {
                    output.SetLength(0);
                    hash.Dispose();
                    hash = ContentHash.Create(file);
                    RequireWhole(reply, file, url);
                    continued = 0;
                }

                RequireLength(reply, file, url, file.Bytes - continued);
                await CopyAsync(reply, file, url, output, hash, course, cancellationToken);
            }

            if (!hash.IsAsTold())
            {
                output.SetLength(0);
                throw DescribeWrongHash(file, hash, course, continued > 0);
            }

            output.Flush(flushToDisk: true);
        }
        finally
        {
            hash.Dispose();
        }
    }

    private static async Task HashAsync(FileStream content, ContentHash hash, CancellationToken cancellationToken)
    {
        var buffer = new byte[PartBytes];
        content.Position = 0;
        for (var read = await content.ReadAsync(buffer, cancellationToken); read > 0; read = await content.ReadAsync(buffer, cancellationToken))
        {
            hash.Append(buffer.AsSpan(0, read));
        }
    }

    // A hub that cannot continue a file sends it from its beginning.
    private static void RequireWhole(HttpResponseMessage reply, RemoteFile file, Uri url)
    {
        if (reply.StatusCode != HttpStatusCode.OK)
        {
            throw new PassingFaultException($"{url.Authority} does not send {file.Name} from where it was cut, nor from its beginning ({(int)reply.StatusCode})");
        }
    }

    // A page of whoever answers in the hub's place is as long as it is, and what was packed on the way as well. A part of a file may come in parts.
    private static void RequireLength(HttpResponseMessage reply, RemoteFile file, Uri url, long missing)
    {
        var content = reply.Content.Headers;
        if (content.ContentEncoding.Count > 0)
        {
            throw new PassingFaultException($"{url.Authority} sends {file.Name} packed ({string.Join(", ", content.ContentEncoding)}), which nobody asked for");
        }

        if (reply.StatusCode == HttpStatusCode.OK ? content.ContentLength is { } whole && whole != missing : content.ContentLength > missing)
        {
            throw new PassingFaultException(string.Create(
                CultureInfo.InvariantCulture, $"{url.Authority} answers with {content.ContentLength} bytes in place of the {missing} of {file.Name}"));
        }
    }

    // A part of another time may be to blame, once; a file that came in one piece is the hub's own.
    private Exception DescribeWrongHash(RemoteFile file, ContentHash hash, Course course, bool wasContinued)
    {
        var sentence = $"{file.Name} of {model} is not what {settings.Endpoint.Authority} says it is: its {hash.Name} is another than {file.Tag}";
        if (wasContinued && !course.HasRestarted)
        {
            course.HasRestarted = true;
            return new PassingFaultException(sentence) { HasProgress = true };
        }

        return new HubException($"{sentence}; nothing of it was kept");
    }

    // 206 with another beginning or another whole would be joined to a file that nobody has.
    private static bool IsContinued(HttpResponseMessage reply, RemoteFile file, long from) => from == 0
        ? reply.StatusCode == HttpStatusCode.OK
        : reply.StatusCode == HttpStatusCode.PartialContent && reply.Content.Headers.ContentRange is { } range
            && range.From == from && (range.Length is null || range.Length == file.Bytes);

    private async Task CopyAsync(
        HttpResponseMessage reply, RemoteFile file, Uri url, FileStream output, ContentHash hash, Course course, CancellationToken cancellationToken)
    {
        var buffer = new byte[PartBytes];
        output.Position = output.Length;
        var (from, counted) = (output.Length, output.Length);
        using var stall = new CancellationTokenSource(settings.StallTime, settings.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stall.Token, cancellationToken);
        await using var input = await reply.Content.ReadAsStreamAsync(either.Token);
        while (true)
        {
            int read;
            try
            {
                read = await input.ReadAsync(buffer, either.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new HubFaults(settings).DescribeStall(url, course.HasReached(output.Length) && output.Length - from >= SlowBytes);
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                throw DescribeCut(file, url, output.Length, course, e);
            }

            if (read == 0)
            {
                break;
            }

            if (output.Length + read > file.Bytes)
            {
                output.SetLength(0);
                throw new HubException($"{url.Authority} sends more of {file.Name} than the {file.Bytes} bytes that it has");
            }

            hash.Append(buffer.AsSpan(0, read));
            await output.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            course.BytesFetched += read;
            if (output.Length - counted >= SlowBytes)
            {
                stall.CancelAfter(settings.StallTime);
                counted = output.Length;
            }

            progress?.Report(new PullProgress(file.Name, output.Length, file.Bytes));
        }

        if (output.Length < file.Bytes)
        {
            throw DescribeCut(file, url, output.Length, course, null);
        }
    }

    private static PassingFaultException DescribeCut(RemoteFile file, Uri url, long length, Course course, Exception? error) => new(
        string.Create(CultureInfo.InvariantCulture, $"the connection to {url.Authority} was cut after {length} of the {file.Bytes} bytes of {file.Name}"), error)
    { HasProgress = course.HasReached(length) };

    /// <summary>What became of a file so far, over all tries: a hub that cuts at the same place for ever is not asked for ever.</summary>
    private sealed class Course
    {
        public long BytesFetched { get; set; }

        public long ReachedBytes { get; set; }

        public bool HasRestarted { get; set; }

        public bool HasReached(long length)
        {
            var isFurther = length > ReachedBytes;
            ReachedBytes = Math.Max(ReachedBytes, length);
            return isFurther;
        }
    }
}
