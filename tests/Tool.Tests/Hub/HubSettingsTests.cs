using Reranker.TestKit;
using Reranker.Tool.Hub;

namespace Reranker.Tool.Tests.Hub;

/// <summary>The environment is read as Hugging Face's own programs read it.</summary>
public sealed class HubSettingsTests
{
    [Theory]
    [InlineData("", "/home/cache/huggingface/hub")]
    [InlineData("HF_HOME=/hf", "/hf/hub")]
    [InlineData("HF_HOME=/hf HF_HUB_CACHE=/c", "/c")]
    [InlineData("HUGGINGFACE_HUB_CACHE=/old", "/old")]
    public void The_cache_is_where_theirs_is(string environment, string folder)
        => Assert.Equal(folder, Read($"XDG_CACHE_HOME=/home/cache {environment}").CacheFolder);

    [Fact]
    public void A_token_is_taken_from_the_environment_before_the_file_and_can_be_left_out()
    {
        using var temp = new TempFolder();
        File.WriteAllText(temp["token"], "hf_file\n");

        Assert.Equal("hf_file", Read($"HF_HOME={temp.Path}").Token);
        Assert.Equal("hf_env", Read($"HF_HOME={temp.Path} HF_TOKEN=hf_env").Token);
        Assert.Equal("hf_file", Read($"HF_HOME=/nowhere HF_TOKEN_PATH={temp["token"]}").Token);
        Assert.Null(Read($"HF_HOME={temp.Path} HF_HUB_DISABLE_IMPLICIT_TOKEN=1").Token);
        Assert.Null(Read("HF_HOME=/nowhere").Token);
    }

    [Theory]
    [InlineData("HF_ENDPOINT=hub.example")]
    [InlineData("HF_ENDPOINT=ftp://hub.example")]
    [InlineData("HF_ENDPOINT=https://user:secret@hub.example")]
    [InlineData("HF_HUB_DOWNLOAD_TIMEOUT=soon")]
    [InlineData("HF_HUB_DOWNLOAD_TIMEOUT=0")]
    public void A_value_that_cannot_be_is_refused_by_its_name(string variable)
    {
        var error = Assert.Throws<HubException>(() => Read(variable));
        Assert.StartsWith(variable[..variable.IndexOf('=', StringComparison.Ordinal)], error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("BAAI/bge-reranker-v2-m3", "BAAI/bge-reranker-v2-m3")]
    [InlineData("BAAI/bge-reranker-v2-m3@v1", "BAAI/bge-reranker-v2-m3@v1")]
    [InlineData("a/b@refs/pr/3", "a/b@refs/pr/3")]
    [InlineData("bge", null)]
    [InlineData("a/b/c", null)]
    [InlineData("a/..", null)]
    [InlineData("a--b/c", null)]
    [InlineData("a/b@", null)]
    [InlineData("a/b@../x", null)]
    [InlineData("a/b@x/", null)]
    [InlineData("/models/b", null)]
    public void References_are_names_and_no_paths(string text, string? expected) => Assert.Equal(expected, HubReference.TryParse(text)?.ToString());

    private static HubSettings Read(string environment)
    {
        var variables = environment.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(v => v.Split('=', 2)).ToDictionary(v => v[0], v => v[1]);
        return HubSettings.FromEnvironment(variables.GetValueOrDefault);
    }
}
