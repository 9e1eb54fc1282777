using Microsoft.Extensions.Options;
using Reranker.Gateway.Configuration;
using Reranker.Gateway.Tests.Fakes;

namespace Reranker.Gateway.Tests.Tenants;

public sealed class HashedKeyTests
{
    private const string Key = "key-of-the-search-team";
    private const string Body = """{"query":"q","documents":["a"]}""";

    [Fact]
    public async Task A_key_of_which_only_the_hash_is_known_opens_the_door_and_the_hash_itself_does_not()
    {
        var hash = KeyHash.FormatHash(Key);
        await using var host = await GatewayHost.StartAsync(("ApiKeys:0:Tenant", "search"), ("ApiKeys:0:Key", hash));

        Assert.Equal(200, (await host.PostAsync("/v1/rerank", Body, ("Authorization", $"Bearer {Key}"))).Status);
        Assert.Equal(401, (await host.PostAsync("/v1/rerank", Body, ("Authorization", $"Bearer {hash}"))).Status);
        Assert.Equal("search", Assert.Single(host.Reranker.Calls).Options.Tenant);
    }

    [Fact]
    public async Task The_admin_key_may_be_a_hash_too()
    {
        await using var host = await GatewayHost.StartAsync(("AdminKey", KeyHash.FormatHash(Key)));

        using var request = new HttpRequestMessage(HttpMethod.Get, "/admin/usage");
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {Key}");

        Assert.Equal(200, (await host.SendAsync(request)).Status);
    }

    [Theory]
    [InlineData("sha256:", "begins with sha256:")]
    [InlineData("sha256:0123456789abcdef", "begins with sha256:")]
    [InlineData("SHA256:zz23456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "begins with sha256:")]
    [InlineData("0123456789abcdef0123456789ABCDEF0123456789abcdef0123456789abcdef", "looks like a hash")]
    [InlineData("sha512:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "looks like a hash")]
    [InlineData("too-short", "at least 16 characters")]
    public async Task What_is_neither_a_key_nor_the_hash_of_one_stops_the_start(string key, string reason)
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(
            () => GatewayHost.StartAsync(("ApiKeys:0:Tenant", "search"), ("ApiKeys:0:Key", key)));

        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("0123456789abcdef", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_key_written_out_and_as_its_hash_is_the_same_key_twice()
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => GatewayHost.StartAsync(
            ("ApiKeys:0:Tenant", "a"), ("ApiKeys:0:Key", Key), ("ApiKeys:1:Tenant", "b"), ("ApiKeys:1:Key", KeyHash.FormatHash(Key).ToUpperInvariant())));

        Assert.Contains("same Key", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Key, true)]
    [InlineData("another-key-of-somebody", false)]
    public async Task The_admin_key_is_none_of_the_keys_that_score_in_whatever_form(string key, bool isSame)
    {
        var start = () => GatewayHost.StartAsync(("ApiKeys:0:Tenant", "a"), ("ApiKeys:0:Key", KeyHash.FormatHash(key)), ("AdminKey", Key));

        if (isSame)
        {
            Assert.Contains("AdminKey", (await Assert.ThrowsAsync<OptionsValidationException>(start)).Message, StringComparison.Ordinal);
            return;
        }

        await (await start()).DisposeAsync();
    }
}
