namespace ClientSample;

internal sealed record Hit(string Text, double Relevance, bool Truncated);
