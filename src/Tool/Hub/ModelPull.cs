using System.Globalization;

namespace Reranker.Tool.Hub;

/// <summary>Brings a model of the hub into the cache: first what is small and says whether it can be used, then the weights.</summary>
/// <param name="settings">Where the hub and the cache are.</param>
/// <param name="requireSupport">Looks at a model and the path of its configuration before weights are fetched; throws when no model can be made of it.</param>
internal sealed class ModelPull(HubSettings settings, Action<HubReference, string> requireSupport)
{
    // Room for what else writes to the disk.
    private const long SpareBytes = 64L << 20;

    // Ten times the largest tokenizer that is known.
    private const long MaxSettingBytes = 256L << 20;

    /// <summary>The model as the cache has it; null when something is missing. Asks nobody.</summary>
    public PulledModel? FindCached(HubReference model)
        => new HubCache(model, settings).FindSnapshot() is { } folder ? new PulledModel(model, folder, Path.GetFileName(folder)) : null;

    /// <summary>Brings the revision as it is now into the cache.</summary>
    /// <exception cref="HubException">It cannot be had.</exception>
    public async Task<PulledModel> PullAsync(HubReference model, IProgress<PullProgress>? progress, CancellationToken cancellationToken)
    {
        if (settings.IsOffline)
        {
            return FindCached(model) ?? throw new HubException($"HF_HUB_OFFLINE is set, and {settings.CacheFolder} has not all of {model}");
        }

        using var http = new HubHttp(settings);
        var repository = new RemoteRepository(model, settings, http);
        var listing = await repository.ReadListingAsync(cancellationToken);
        var (cache, fetch) = (new HubCache(model, settings), new Fetching(repository, listing.Commit));
        var download = new FileDownload(model, cache, settings, http, progress);
        var folder = cache.GetSnapshotPath(listing.Commit);

        var small = NeededFiles.ListSettings(model, listing.Files);
        await FetchAllAsync(fetch, cache, download, [NeededFiles.Config], cancellationToken);
        requireSupport(model, Path.Combine(folder, NeededFiles.Config));
        await FetchAllAsync(fetch, cache, download, [.. small.Where(f => f != NeededFiles.Config)], cancellationToken);
        await FetchAllAsync(fetch, cache, download, NeededFiles.ListWeights(model, listing.Files, folder), cancellationToken);
        cache.WriteReference(listing.Commit);
        return new PulledModel(model, folder, listing.Commit) { BytesFetched = fetch.Bytes, Unchecked = [.. fetch.Unchecked] };
    }

    // The files appear in the snapshot together, so that a part of them is never taken for the whole.
    private async Task FetchAllAsync(
        Fetching fetch, HubCache cache, FileDownload download, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = settings.ParallelFiles, CancellationToken = cancellationToken };
        var files = new RemoteFile[names.Count];
        await Parallel.ForAsync(0, names.Count, parallel, async (i, stop) => files[i] = await fetch.Repository.ReadFileAsync(fetch.Commit, names[i], stop));
        RequireSmall(fetch.Commit, files);
        RemoteFile[] missing = [.. files.Where(f => !cache.HasFile(fetch.Commit, f))];
        RequireSpace(cache, missing);
        await Parallel.ForEachAsync(missing, parallel, async (file, stop) =>
            fetch.AddBytes(await download.FetchAsync(file, fetch.Repository.FindFileUrl(fetch.Commit, file.Name), stop)));
        foreach (var file in missing)
        {
            cache.AddToSnapshot(fetch.Commit, file);
            using var hash = ContentHash.Create(file);
            if (hash.Name is null)
            {
                fetch.Unchecked.Add(file.Name);
            }
        }
    }

    // Weights are as large as they are; what is read as a whole must be what a configuration or a tokenizer can be.
    private static void RequireSmall(string commit, IEnumerable<RemoteFile> files)
    {
        if (files.FirstOrDefault(f => f.Bytes > MaxSettingBytes && !f.Name.EndsWith(NeededFiles.WeightsEnd, StringComparison.Ordinal)) is { } large)
        {
            throw new HubException(string.Create(
                CultureInfo.InvariantCulture, $"{large.Name} of commit {commit} has {large.Bytes / 1e6:0} MB, and at most {MaxSettingBytes / 1e6:0} MB are read of such a file"));
        }
    }

    private void RequireSpace(HubCache cache, IEnumerable<RemoteFile> missing)
    {
        var needed = missing.DistinctBy(f => f.Tag).Sum(f => f.Bytes - FindBytes(cache.GetBlobPath(f)));
        if (needed <= 0)
        {
            return;
        }

        Directory.CreateDirectory(settings.CacheFolder);
        var free = settings.ReadFreeBytes(settings.CacheFolder);
        if (free - SpareBytes < needed)
        {
            throw new HubException(string.Create(
                CultureInfo.InvariantCulture,
                $"{settings.CacheFolder} has room for {free / 1e6:0} MB, and {needed / 1e6:0.#} MB are still to come and {SpareBytes / 1e6:0} MB are left to others: free some, or name another folder in HF_HUB_CACHE"));
        }
    }

    private static long FindBytes(string blob) => new[] { blob, blob + HubCache.IncompleteEnd }.Where(File.Exists).Sum(f => new FileInfo(f).Length);

    private sealed class Fetching(RemoteRepository repository, string commit)
    {
        private long _bytes;

        public RemoteRepository Repository => repository;

        public string Commit => commit;

        public long Bytes => Interlocked.Read(ref _bytes);

        public List<string> Unchecked { get; } = [];

        public void AddBytes(long bytes) => Interlocked.Add(ref _bytes, bytes);
    }
}
