using System.Security.Cryptography;
using Reranker.Gateway.Configuration;
using Reranker.Gateway.Logging;
using Reranker.Gateway.Telemetry;

namespace Reranker.Gateway.Tenants;

/// <summary>
/// Reads the file of keys again and again: it is small, and notices of changes do not come from every kind of disk, nor where a mounted
/// secret is exchanged by a link. While it is broken the keys of before count, and the log says so once a minute.
/// </summary>
internal sealed partial class KeyFileWatcher(KeyRingSource keys, TimeProvider time, ILogger<KeyFileWatcher> logger) : BackgroundService
{
    /// <summary>How often the file is looked at.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan ReminderInterval = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private byte[] _seen = [];
    private string? _fault;
    private long _reported;

    /// <summary>Whether what the file says is not what counts.</summary>
    public bool IsBroken => _fault is not null;

    /// <summary>Looks at the file once.</summary>
    public void CheckFile()
    {
        if (keys.FilePath is not { } path)
        {
            return;
        }

        lock (_lock)
        {
            CheckFile(path);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (keys.FilePath is null)
        {
            return;
        }

        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            CheckFile();
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private void CheckFile(string path)
    {
        var bytes = ApiKeysDocument.ReadFile(path, out var fault);
        var hash = bytes is null ? [] : SHA256.HashData(bytes);
        if (bytes is not null && hash.AsSpan().SequenceEqual(_seen))
        {
            RemindOfFault();
            return;
        }

        var before = keys.Current;
        fault ??= keys.FindFaultOrReplace(bytes);
        _seen = hash;
        ReportChange(path, fault, before);
    }

    private void ReportChange(string path, string? fault, KeyRing before)
    {
        var isNews = fault != _fault;
        _fault = fault;
        GatewayTelemetry.SetKeyFileBroken(fault is not null);
        if (fault is null)
        {
            LogKeysRead(logger, path, keys.Current.Count, keys.Current.Tenants.Count, before.Count);
        }
        else if (isNews)
        {
            _reported = time.GetTimestamp();
            LogKeysBroken(logger, path, fault, before.Count);
        }
        else
        {
            RemindOfFault();
        }
    }

    private void RemindOfFault()
    {
        if (_fault is { } fault && time.GetElapsedTime(_reported) >= ReminderInterval)
        {
            _reported = time.GetTimestamp();
            LogKeysBroken(logger, keys.FilePath!, fault, keys.Current.Count);
        }
    }

    [LoggerMessage(GatewayEventIds.KeysRead, LogLevel.Information, "The file of keys {Path} was read: {Keys} keys of {Tenants} tenants count, {Before} did before")]
    private static partial void LogKeysRead(ILogger logger, string path, int keys, int tenants, int before);

    [LoggerMessage(GatewayEventIds.KeysBroken, LogLevel.Error, "The file of keys {Path} {Fault} The {Keys} keys of before count until it is mended")]
    private static partial void LogKeysBroken(ILogger logger, string path, string fault, int keys);
}
