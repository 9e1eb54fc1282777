using Microsoft.Extensions.Time.Testing;
using Reranker.Certificates;
using Reranker.TestKit;
using Reranker.TestKit.Certificates;
using Reranker.TestKit.Clocks;

namespace Reranker.Client.Tests.Certificates;

/// <summary>Certificates in every form that operators have them in, replaced while somebody uses them.</summary>
public sealed class CertificateFilesTests : IDisposable
{
    private readonly TempFolder _temp = new();
    private readonly TestAuthority _authority = new();
    private readonly FakeTimeProvider _time = new SynchronizedTime();

    public void Dispose()
    {
        _authority.Dispose();
        _temp.Dispose();
    }

    [Fact]
    public void Pem_in_two_files_in_one_encrypted_and_an_archive_are_the_same_certificate()
    {
        var issued = _authority.Issue("all forms");
        File.WriteAllText(_temp["crt"], issued.Pem);
        File.WriteAllText(_temp["key"], issued.KeyPem);
        File.WriteAllText(_temp["encrypted"], issued.EncryptedKeyPem);
        File.WriteAllText(_temp["one"], issued.Pem + "\n" + issued.KeyPem);
        File.WriteAllBytes(_temp["pfx"], issued.Archive);

        CertificateLocation[] forms =
        [
            new(_temp["crt"], _temp["key"], null),
            new(_temp["crt"], _temp["encrypted"], "password"),
            new(_temp["one"], null, null),
            new(_temp["pfx"], null, "archive"),
        ];
        Assert.All(forms, form =>
        {
            var loaded = TlsIdentity.CreateReloaded(form, _time).GetCurrent();
            Assert.Equal(issued.Thumbprint, loaded.Leaf.Thumbprint);
            Assert.True(loaded.Leaf.HasPrivateKey);
        });
    }

    [Fact]
    public void What_makes_no_sense_is_one_sentence_that_names_the_file_and_no_password()
    {
        var issued = _authority.Issue("one");
        File.WriteAllText(_temp["crt"], issued.Pem);
        File.WriteAllText(_temp["key"], _authority.Issue("another").KeyPem);
        File.WriteAllText(_temp["encrypted"], issued.EncryptedKeyPem);
        File.WriteAllBytes(_temp["pfx"], issued.Archive);
        File.WriteAllText(_temp["text"], "no certificate");

        (CertificateLocation Location, string Named)[] wrong =
        [
            (new(_temp["nowhere"], null, null), "nowhere"),
            (new(_temp["crt"], _temp["key"], null), "key"),
            (new(_temp["crt"], _temp["encrypted"], "not-the-password"), "encrypted"),
            (new(_temp["crt"], _temp["encrypted"], null), "encrypted"),
            (new(_temp["crt"], null, null), "crt"),
            (new(_temp["pfx"], null, "not-the-password"), "pfx"),
            (new(_temp["pfx"], _temp["key"], "archive"), "key"),
            (new(_temp["text"], null, null), "text"),
        ];
        Assert.All(wrong, w =>
        {
            var fault = Assert.ThrowsAny<IOException>(() => TlsIdentity.CreateReloaded(w.Location, _time).GetCurrent());
            Assert.Contains(_temp[w.Named], fault.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("not-the-password", fault.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', fault.Message);
        });
    }

    [Fact]
    public void New_files_are_used_a_second_later_and_half_written_ones_are_not()
    {
        var (first, second) = (_authority.Issue("first"), _authority.Issue("second"));
        first.WriteTo(_temp.Path);
        var files = TlsIdentity.CreateReloaded(new CertificateLocation(_temp["tls.crt"], _temp["tls.key"], null), _time);
        Assert.Equal(first.Thumbprint, files.GetCurrent().Leaf.Thumbprint);

        File.WriteAllText(_temp["tls.crt"], second.Pem);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(first.Thumbprint, files.GetCurrent().Leaf.Thumbprint);
        Assert.Contains(_temp["tls.key"], files.Fault, StringComparison.Ordinal);

        File.WriteAllText(_temp["tls.key"], second.KeyPem);
        Assert.Equal(first.Thumbprint, files.GetCurrent().Leaf.Thumbprint);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(second.Thumbprint, files.GetCurrent().Leaf.Thumbprint);
        Assert.Null(files.Fault);

        File.Delete(_temp["tls.crt"]);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(second.Thumbprint, files.GetCurrent().Leaf.Thumbprint);
        Assert.NotNull(files.Fault);
    }

    [Fact]
    public void A_link_that_turns_to_another_folder_is_a_change()
    {
        var (first, second) = (_authority.Issue("first"), _authority.Issue("second"));
        first.WriteTo(_temp["a"]);
        second.WriteTo(_temp["b"]);
        Directory.CreateSymbolicLink(_temp["data"], _temp["a"]);
        var files = TlsIdentity.CreateReloaded(
            new CertificateLocation(Path.Combine(_temp["data"], "tls.crt"), Path.Combine(_temp["data"], "tls.key"), null), _time);
        Assert.Equal(first.Thumbprint, files.GetCurrent().Leaf.Thumbprint);

        Directory.Delete(_temp["data"]);
        Directory.CreateSymbolicLink(_temp["data"], _temp["b"]);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(second.Thumbprint, files.GetCurrent().Leaf.Thumbprint);
    }
}
