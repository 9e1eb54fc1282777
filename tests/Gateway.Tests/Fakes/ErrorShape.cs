namespace Reranker.Gateway.Tests.Fakes;

/// <summary>The fields of an error's body, by the callers that read them.</summary>
internal static class ErrorShape
{
    /// <summary>Checks a body: <c>union</c> of a shared path, <c>message</c> of the documents family, <c>nim</c>, <c>voyage</c>, else TEI's with that type.</summary>
    public static void Check(Answer answer, string shape)
    {
        var names = answer.Json.EnumerateObject().Select(static property => property.Name).Order().ToArray();
        switch (shape)
        {
            case "union":
                Assert.Equal(["detail", "error", "error_type", "message"], names);
                break;
            case "message":
                Assert.Equal(["detail", "error", "message"], names);
                CheckObject(answer);
                break;
            case "voyage":
                Assert.Equal(["detail", "error", "message"], names);
                Assert.Equal($"{answer.Status}", answer.Json.GetProperty("error").GetProperty("code").GetString());
                break;
            case "nim":
                Assert.Equal(["detail", "error", "message", "status", "title"], names);
                Assert.Equal(answer.Status, answer.Json.GetProperty("status").GetInt32());
                CheckObject(answer);
                break;
            default:
                Assert.Equal(["error", "error_type"], names);
                Assert.Equal(shape, answer.Json.GetProperty("error_type").GetString());
                break;
        }
    }

    private static void CheckObject(Answer answer)
    {
        var error = answer.Json.GetProperty("error");
        Assert.Equal(["code", "message", "param", "type"], error.EnumerateObject().Select(static property => property.Name).Order());
        Assert.Equal(answer.Json.GetProperty("message").GetString(), error.GetProperty("message").GetString());
        Assert.Equal(answer.Status, error.GetProperty("code").GetInt32());
    }
}
