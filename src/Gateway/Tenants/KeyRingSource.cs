using Microsoft.Extensions.Options;
using Reranker.Gateway.Configuration;

namespace Reranker.Gateway.Tenants;

/// <summary>The keys that count now: those of the configuration, and those of the file as it was when it was last whole.</summary>
internal sealed class KeyRingSource
{
    private readonly GatewayOptions _options;
    private volatile KeyRing _current;

    /// <summary>Reads the keys, at the start: a file that is gone a moment later must not take with it what it said.</summary>
    /// <exception cref="InvalidOperationException">The file was whole when the settings were checked, and is not any more.</exception>
    public KeyRingSource(IOptions<GatewayOptions> options)
    {
        _options = options.Value;
        _current = LoadFirst(_options);
    }

    /// <summary>The keys that count now.</summary>
    public KeyRing Current => _current;

    /// <summary>Whether there is a file that may change.</summary>
    public string? FilePath => _options.ApiKeysFile;

    /// <summary>Takes the file's bytes for what it says from now on. Where they are broken nothing changes, and this is why.</summary>
    public string? FindFaultOrReplace(ReadOnlySpan<byte> file)
    {
        var (keys, fault) = ApiKeySources.JoinKeys(_options, file);
        fault ??= ApiKeyRules.FindFaults(keys!, _options.AdminKey).FirstOrDefault();
        if (fault is null)
        {
            _current = new KeyRing(keys!, isRequired: true);
        }

        return fault;
    }

    private static KeyRing LoadFirst(GatewayOptions options)
    {
        var (keys, fault) = ApiKeySources.ReadKeys(options);
        fault ??= ApiKeyRules.FindFaults(keys!, options.AdminKey).FirstOrDefault();
        if (fault is not null)
        {
            // Never an open door: without keys that can be read there is no answer at all.
            throw new InvalidOperationException($"{GatewayOptions.Section}:{nameof(GatewayOptions.ApiKeysFile)} {fault}");
        }

        return new KeyRing(keys!, isRequired: options.ApiKeysFile is not null);
    }
}
