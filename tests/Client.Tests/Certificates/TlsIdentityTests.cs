using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Time.Testing;
using Reranker.Certificates;
using Reranker.TestKit;
using Reranker.TestKit.Certificates;
using Reranker.TestKit.Clocks;

namespace Reranker.Client.Tests.Certificates;

/// <summary>Whom a process of a cluster believes.</summary>
public sealed class TlsIdentityTests : IDisposable
{
    private const string SiloName = "silo.reranker.test";

    private readonly TempFolder _temp = new();
    private readonly TestAuthority _authority = new();
    private readonly TestAuthority _stranger = new("stranger");
    private readonly FakeTimeProvider _time = new SynchronizedTime();

    public TlsIdentityTests()
    {
        _authority.Issue("own").WriteTo(_temp.Path);
        File.WriteAllText(_temp["ca.crt"], _authority.Pem);
    }

    public void Dispose()
    {
        _authority.Dispose();
        _stranger.Dispose();
        _temp.Dispose();
    }

    [Fact]
    public void Only_a_valid_certificate_of_the_authority_that_is_good_for_the_purpose_is_believed()
    {
        var identity = CreateIdentity(siloName: null);

        Assert.True(IsSilo(identity, _authority.Issue("silo"), TrustedAuthorities.ServerPurpose));
        Assert.True(IsSilo(identity, _authority.Issue("silo"), TrustedAuthorities.ClientPurpose));
        Assert.True(IsSilo(identity, _authority.Issue("server alone", "server"), TrustedAuthorities.ServerPurpose));
        Assert.False(IsSilo(identity, _authority.Issue("server alone", "server"), TrustedAuthorities.ClientPurpose));
        Assert.False(IsSilo(identity, _authority.Issue("client alone", "client"), TrustedAuthorities.ServerPurpose));
        Assert.False(IsSilo(identity, _authority.Issue("old", notAfter: TimeProvider.System.GetUtcNow().AddDays(-1)), TrustedAuthorities.ServerPurpose));
        Assert.False(IsSilo(identity, _stranger.Issue("silo"), TrustedAuthorities.ServerPurpose));
    }

    [Fact]
    public void Where_silos_have_a_name_a_client_of_the_same_authority_is_no_silo()
    {
        var identity = CreateIdentity(SiloName);
        var (silo, gateway) = (_authority.Issue("silo", names: SiloName), _authority.Issue("gateway"));

        Assert.True(IsSilo(identity, silo, TrustedAuthorities.ClientPurpose));
        Assert.False(IsSilo(identity, gateway, TrustedAuthorities.ClientPurpose));
        using var certificate = gateway.Load();
        Assert.Null(identity.FindRefusal(certificate, null, TrustedAuthorities.ClientPurpose));
    }

    [Fact]
    public void While_an_authority_is_replaced_both_are_believed_and_then_the_new_one_alone()
    {
        var identity = CreateIdentity(siloName: null);
        var (old, next) = (_authority.Issue("old"), _stranger.Issue("new"));
        Assert.False(IsSilo(identity, next, TrustedAuthorities.ServerPurpose));

        Replace(_authority.Pem + "\n" + _stranger.Pem);
        Assert.True(IsSilo(identity, old, TrustedAuthorities.ServerPurpose));
        Assert.True(IsSilo(identity, next, TrustedAuthorities.ServerPurpose));

        Replace(_stranger.Pem);
        Assert.False(IsSilo(identity, old, TrustedAuthorities.ServerPurpose));
        Assert.True(IsSilo(identity, next, TrustedAuthorities.ServerPurpose));

        Replace("not in PEM");
        Assert.True(IsSilo(identity, next, TrustedAuthorities.ServerPurpose));
    }

    [Fact]
    public void A_file_without_a_root_is_no_authority()
    {
        File.WriteAllText(_temp["ca.crt"], _authority.Issue("leaf").Pem);

        Assert.Contains(_temp["ca.crt"], Assert.ThrowsAny<IOException>(CreateIdentity(null).ReadAll).Message, StringComparison.Ordinal);
    }

    private static bool IsSilo(TlsIdentity identity, IssuedCertificate issued, string purpose)
    {
        using var certificate = X509Certificate2.CreateFromPem(issued.Pem);
        return identity.IsSilo(certificate, null, purpose);
    }

    private void Replace(string authorities)
    {
        File.WriteAllText(_temp["ca.crt"], authorities);
        _time.Advance(TimeSpan.FromSeconds(1));
    }

    private TlsIdentity CreateIdentity(string? siloName)
        => new(new CertificateLocation(_temp["tls.crt"], _temp["tls.key"], null), _temp["ca.crt"], siloName, _time);
}
