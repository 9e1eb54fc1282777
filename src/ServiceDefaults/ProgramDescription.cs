using Microsoft.AspNetCore.Builder;

namespace Reranker.ServiceDefaults;

/// <summary>A program that is one host: what it is called and what it is made of.</summary>
public sealed record ProgramDescription
{
    /// <summary>Name before messages, such as <c>silo</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What it is, in one sentence.</summary>
    public required string Summary { get; init; }

    /// <summary>Adds its services.</summary>
    public required Action<WebApplicationBuilder> Compose { get; init; }

    /// <summary>Maps its paths.</summary>
    public Action<WebApplication> Map { get; init; } = static _ => { };

    /// <summary>Whether the message of an exception says to the person who starts the program what to do.</summary>
    public Func<Exception, bool> IsForThePerson { get; init; } = static _ => false;
}
