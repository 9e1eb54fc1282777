using Spectre.Console;

namespace Reranker.LoadTest.Results;

/// <summary>A report for people.</summary>
internal static class LoadTable
{
    public static Table Of(LoadReport report)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumn("what").AddColumn(new TableColumn("figure").RightAligned());
        void Row(string what, FormattableString figure) => table.AddRow(what, Markup.Escape(FormattableString.Invariant(figure)));
        void Times(string what, LatencyReport l)
            => Row(what, $"{l.P50:0.0} / {l.P90:0.0} / {l.P99:0.0} / {l.P999:0.0} / {l.Max:0.0} ms");

        Row("loop", $"{report.Mode}, {(report.Clients is { } c ? $"{c} clients" : FormattableString.Invariant($"{report.OfferedRequestsPerSecond:0.##} requests/s offered"))}");
        Row("requests", $"{report.Requests} in {report.Seconds:0.#} s, {report.RequestsPerSecond:0.0}/s, at most {report.MostInFlight} at once");
        Row("pairs", $"{report.PairsPerSecond:0}/s of {report.MeanPairTokens:0.0} tokens, {report.TokensPerSecond:0} tokens/s");
        Row("within the deadline", $"{report.GoodPairsPerSecond:0} pairs/s, {report.GoodRequestsPerSecond:0.0} requests/s in {report.DeadlineMilliseconds:0} ms");
        Times("latency p50 / p90 / p99 / p99.9 / max", report.Latency);
        if (report.QueueAlone is { } queue)
        {
            Times("a queue of its arrivals alone", queue);
        }

        if (report.Overhead is { } o && report.OverheadOutsideGrain is { } way)
        {
            Row("overhead p50 / p90 / p99 / p99.9 / max", $"{o.P50:0.00} / {o.P90:0.00} / {o.P99:0.00} / {o.P999:0.00} / {o.Max:0.00} ms");
            Row("of it between client and request grain", $"{way.P50:0.00} / {way.P90:0.00} / {way.P99:0.00} / {way.P999:0.00} / {way.Max:0.00} ms");
        }

        Row("this program", $"{report.DriverCores:0.00} processors; sent late p99 / max {report.Lateness.P99:0.0} / {report.Lateness.Max:0.0} ms");
        Row("errors", $"{(report.Errors.Count == 0 ? "none" : string.Join(", ", report.Errors.Select(e => FormattableString.Invariant($"{e.Key}: {e.Value}"))))}");
        if (report.Refusals.Count > 0)
        {
            Times("refused after p50 / p90 / p99 / p99.9 / max", report.Refusals);
        }

        if (report.AnswersChecked > 0)
        {
            Row("worst difference to the expected logit", $"{report.WorstDeviation:0.000000} over {report.AnswersChecked} answers");
        }

        if (report.Engines is { } e)
        {
            Row("engines", $"{e.Workers} workers busy {e.BusyShare:P1}, {e.Batches:0} batches of {e.ScoredTokens / Math.Max(1, e.Batches):0} tokens, {e.PaddingTokens / Math.Max(1, e.ScoredTokens):P1} padding");
            foreach (var (host, bytes) in e.AllocatedBytesPerRequest)
            {
                Row($"allocated a request by {Markup.Escape(host)}", $"{bytes / 1000:0.0} kB");
            }

            Row("scored in vain", $"{e.WastedTokens:0} of {e.ScoredTokens:0} tokens, {e.WastedTokens / Math.Max(1, e.ScoredTokens):P2}");
        }

        return table;
    }
}
