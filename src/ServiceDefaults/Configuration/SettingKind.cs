namespace Reranker.ServiceDefaults.Configuration;

/// <summary>What an option's property holds.</summary>
internal enum SettingKind
{
    /// <summary>One value.</summary>
    Value,

    /// <summary>Options of its own.</summary>
    Group,

    /// <summary>Numbered values.</summary>
    List,

    /// <summary>Numbered options.</summary>
    GroupList,

    /// <summary>Values by name.</summary>
    Names,
}
