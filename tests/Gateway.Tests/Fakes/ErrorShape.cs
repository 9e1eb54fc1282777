namespace Reranker.Gateway.Tests.Fakes;

/// <summary>The fields of an error's body, by the callers that read them.</summary>
internal static class ErrorShape
{
    /// <summary>Checks a body: <c>union</c> of a shared path, <c>message</c> of the documents family, else TEI's with that type.</summary>
    public static void Check(Answer answer, string shape)
    {
        var names = answer.Json.EnumerateObject().Select(static property => property.Name).Order().ToArray();
        switch (shape)
        {
            case "union":
                Assert.Equal(["detail", "error", "error_type", "message"], names);
                break;
            case "message":
                Assert.Equal(["detail", "message"], names);
                break;
            default:
                Assert.Equal(["error", "error_type"], names);
                Assert.Equal(shape, answer.Json.GetProperty("error_type").GetString());
                break;
        }
    }
}
