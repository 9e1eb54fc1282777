using System.Net;

namespace Reranker.Tool.Tests.Clustering;

/// <summary>A membership table in memory with the rules of the real ones: each write raises the version by one, from the version it knows.</summary>
internal sealed class FakeMembershipTable : IMembershipTable
{
    private readonly Lock _lock = new();
    private Dictionary<SiloAddress, MembershipEntry> _rows = [];
    private int? _version = 0;

    public int? Version => _version;

    public IReadOnlyCollection<MembershipEntry> Rows => _rows.Values;

    /// <summary>Called before each write, as by somebody who is faster.</summary>
    public Action<FakeMembershipTable>? BeforeWrite { get; set; }

    /// <summary>Called before each read.</summary>
    public Action<FakeMembershipTable>? BeforeRead { get; set; }

    /// <summary>Every table that a reader could have seen.</summary>
    public List<(int Version, SiloAddress[] Silos)> History { get; } = [];

    public static SiloAddress Address(int port, int generation = 100) => SiloAddress.New(new IPEndPoint(IPAddress.Loopback, port), generation);

    public static MembershipEntry Entry(SiloAddress silo, SiloStatus status = SiloStatus.Active, DateTime? alive = null) => new()
    {
        SiloAddress = silo,
        Status = status,
        SiloName = $"{silo}",
        HostName = "host",
        StartTime = alive ?? default,
        IAmAliveTime = alive ?? default,
    };

    public void Set(int version, params MembershipEntry[] entries)
    {
        _version = version;
        _rows = entries.ToDictionary(static e => e.SiloAddress);
    }

    /// <summary>As FLUSHALL does.</summary>
    public void Empty()
    {
        _version = null;
        _rows = [];
    }

    public Task InitializeMembershipTableAsync(bool tryInitTableVersion, CancellationToken cancellationToken = default)
    {
        _version ??= 0;
        return Task.CompletedTask;
    }

    public Task<MembershipTableData> ReadAllAsync(CancellationToken cancellationToken = default)
    {
        BeforeRead?.Invoke(this);
        lock (_lock)
        {
            var version = _version ?? throw new InvalidOperationException("The table is not there.");
            return Task.FromResult(new MembershipTableData(
                [.. _rows.Values.Select(e => Tuple.Create(Copy(e), $"{version}"))], new TableVersion(version, $"{version}")));
        }
    }

    public Task<bool> InsertRowAsync(MembershipEntry entry, TableVersion tableVersion, CancellationToken cancellationToken = default)
        => Task.FromResult(Write(entry, tableVersion, exists: false));

    public Task<bool> UpdateRowAsync(MembershipEntry entry, string etag, TableVersion tableVersion, CancellationToken cancellationToken = default)
        => Task.FromResult(Write(entry, tableVersion, exists: true));

    public bool Write(MembershipEntry entry, TableVersion version, bool exists)
    {
        var others = BeforeWrite;
        BeforeWrite = null;
        others?.Invoke(this);
        lock (_lock)
        {
            if (version.VersionEtag != $"{_version}" || version.Version != _version + 1 || _rows.ContainsKey(entry.SiloAddress) != exists)
            {
                return false;
            }

            _version = version.Version;
            _rows[entry.SiloAddress] = Copy(entry);
            History.Add((version.Version, [.. _rows.Keys]));
            return true;
        }
    }

    Task IMembershipTable.InitializeMembershipTable(bool tryInitTableVersion) => throw new NotSupportedException();

    Task IMembershipTable.DeleteMembershipTableEntries(string clusterId) => throw new NotSupportedException();

    Task IMembershipTable.CleanupDefunctSiloEntries(DateTimeOffset beforeDate) => throw new NotSupportedException();

    Task<MembershipTableData> IMembershipTable.ReadRow(SiloAddress key) => throw new NotSupportedException();

    Task<MembershipTableData> IMembershipTable.ReadAll() => throw new NotSupportedException();

    Task<bool> IMembershipTable.InsertRow(MembershipEntry entry, TableVersion tableVersion) => throw new NotSupportedException();

    Task<bool> IMembershipTable.UpdateRow(MembershipEntry entry, string etag, TableVersion tableVersion) => throw new NotSupportedException();

    Task IMembershipTable.UpdateIAmAlive(MembershipEntry entry) => throw new NotSupportedException();

    private static MembershipEntry Copy(MembershipEntry e) => new()
    {
        SiloAddress = e.SiloAddress,
        Status = e.Status,
        SiloName = e.SiloName,
        HostName = e.HostName,
        SuspectTimes = e.SuspectTimes?.ToList(),
        StartTime = e.StartTime,
        IAmAliveTime = e.IAmAliveTime,
    };
}
