using Microsoft.Extensions.Options;
using Reranker.Gateway.Configuration;

namespace Reranker.Gateway.Tenants;

/// <summary>The keys that count now: those of the configuration, and those of the file as it was when it was last whole.</summary>
internal sealed class KeyRingSource(IOptions<GatewayOptions> options)
{
    private readonly GatewayOptions _options = options.Value;
    private volatile KeyRing? _current;

    /// <summary>The keys that count now.</summary>
    /// <exception cref="InvalidOperationException">The file was whole when the program started, and is not when its keys are first needed.</exception>
    public KeyRing Current => _current ?? LoadFirst();

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

    private KeyRing LoadFirst()
    {
        var (keys, fault) = ApiKeySources.ReadKeys(_options);
        fault ??= ApiKeyRules.FindFaults(keys!, _options.AdminKey).FirstOrDefault();
        if (fault is not null)
        {
            // Never an open door: without keys that can be read there is no answer at all.
            throw new InvalidOperationException($"{GatewayOptions.Section}:{nameof(GatewayOptions.ApiKeysFile)} {fault}");
        }

        var ring = new KeyRing(keys!, isRequired: _options.ApiKeysFile is not null);
        return Interlocked.CompareExchange(ref _current, ring, null) ?? ring;
    }
}
