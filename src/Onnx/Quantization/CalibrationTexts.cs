namespace Reranker.Onnx.Quantization;

/// <summary>
/// Queries and passages for calibration: several languages, scripts and kinds of text, short and long, matching and not.
/// They need only move every channel through its usual range, so a few dozen pairs do.
/// </summary>
internal static class CalibrationTexts
{
    private static readonly string[] Queries =
    [
        "how do I restart a service after its configuration changed",
        "capital of Mongolia",
        "Wie lange darf man ein gemietetes Fahrrad behalten?",
        "différence entre un volcan actif et un volcan endormi",
        "por qué las hojas cambian de color en otoño",
        "как настроить резервное копирование базы данных",
        "東京で一番古い寺はどこですか",
        "如何减少数据库查询的延迟",
        "파이썬에서 파일을 한 줄씩 읽는 방법",
        "كيف تعمل الخلايا الشمسية",
        "ERR_CONNECTION_RESET 0x80072efd",
        "x",
    ];

    private static readonly string[] Passages =
    [
        "After you edit the configuration file, ask the service manager to reload it; only when the new settings concern the listening port does the service have to be stopped and started again, which drops open connections.",
        "Ulaanbaatar lies in a valley of the river Tuul and has been the seat of the government since the seventeenth century, at first as a town of tents that moved every few years.",
        "Räder, die an einer Station ausgeliehen wurden, sind spätestens nach vierundzwanzig Stunden zurückzugeben. Danach wird für jede angefangene Stunde eine Gebühr von 2,50 € fällig.",
        "Un volcan est dit endormi lorsqu'il n'a pas connu d'éruption depuis des siècles, mais que sa chambre magmatique n'est pas refroidie.",
        "Con los días más cortos el árbol deja de producir clorofila; entonces aparecen los pigmentos amarillos y rojos que la hoja ya contenía.",
        "Копия базы создаётся каждую ночь, проверяется восстановлением на отдельном сервере и хранится тридцать дней. Журнал транзакций переносится каждые пять минут.",
        "この寺は七世紀に建てられたと伝えられ、川で見つかった小さな像を祀っています。毎年多くの人が訪れます。",
        "先看执行计划，再决定是否需要索引。缓存可以减少重复查询，但会带来一致性问题。",
        "파일을 열고 반복문으로 한 줄씩 처리하면 전체를 메모리에 올리지 않아도 됩니다.",
        "تحول الخلية الضوء إلى تيار كهربائي عندما تصطدم الفوتونات بالإلكترونات في السيليكون.",
        "public static int Sum(ReadOnlySpan<int> values) { var sum = 0; foreach (var v in values) sum += v; return sum; } // O(n)",
        "| id | name | price |\n|---|---|---|\n| 1 | lamp | 19.90 |\n| 2 | chair | 74.00 |\n| 3 | table | 210.00 |",
        "No.",
        "Il pane va lasciato lievitare per tre ore a temperatura ambiente, poi si piega l'impasto due volte e lo si cuoce a 230 gradi.",
        "De trein van 08:14 uur rijdt vandaag niet; reizigers kunnen omreizen via Utrecht en moeten rekening houden met een half uur extra reistijd.",
        "Bu yazıda, küçük bir bahçede domates yetiştirmenin püf noktaları anlatılıyor: güneş, düzenli sulama ve destek çubukları.",
        "Roślina ta kwitnie od maja do lipca na suchych łąkach; jej liście są owłosione, a kwiaty fioletowe.",
        "The committee met three times. At its first meeting it heard the report of the treasurer, who explained that the reserve had shrunk because two bridges needed repair sooner than planned; at the second it asked the engineers for figures on every crossing of the district, their age, load and last inspection; at the third it voted, against two voices, to raise the yearly sum by a tenth and to publish the list of bridges with the date of the next inspection of each, so that nobody would be surprised again.",
    ];

    /// <summary>Every query with a passage that fits and with four that do not.</summary>
    public static IEnumerable<(string Query, string Passage)> Pairs
        => Queries.SelectMany((query, i) => Enumerable.Range(0, 5).Select(k => (query, Passages[(i + (k * 5)) % Passages.Length])));
}
