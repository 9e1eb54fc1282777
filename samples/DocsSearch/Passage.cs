namespace DocsSearch;

/// <summary>Some paragraphs of a section.</summary>
/// <param name="Section">Where it is, as <c>file.md#heading</c>.</param>
/// <param name="Text">The section's headings, and the paragraphs.</param>
public sealed record Passage(string Section, string Text);
