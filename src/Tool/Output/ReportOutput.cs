namespace Reranker.Tool.Output;

/// <summary>Prints a report as a table, or as JSON for programs with the table beside it.</summary>
internal static class ReportOutput
{
    /// <summary>Writes the table to standard output; with JSON there, the table goes to standard error.</summary>
    public static void WriteReport(string table, Func<string> writeJson, bool asJson)
    {
        (asJson ? Console.Error : Console.Out).Write(table);
        if (asJson)
        {
            Console.Out.WriteLine(writeJson());
        }
    }
}
