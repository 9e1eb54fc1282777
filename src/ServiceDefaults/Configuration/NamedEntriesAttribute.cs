namespace Reranker.ServiceDefaults.Configuration;

/// <summary>
/// On an option that is a dictionary: its entries may also be written as a list, <c>OPTION:0:Name</c> and
/// <c>OPTION:0:VALUE</c>, for names that an environment variable cannot hold.
/// </summary>
/// <param name="valueName">What the value of an entry is called in the list.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class NamedEntriesAttribute(string valueName) : Attribute
{
    /// <summary>What the name of an entry is called in the list.</summary>
    public const string NameName = "Name";

    /// <summary>What the value of an entry is called in the list.</summary>
    public string ValueName { get; } = valueName;

    /// <summary>Whether <c>OPTION:0</c> is a value without a name, as in a plain list.</summary>
    public bool AllowPositions { get; init; }
}
