namespace Reranker.Onnx.Verification;

/// <summary>
/// Queries and passages on which a precision is compared with FP32 when a model is imported; none of them is among those that
/// scales are calibrated on. Of every query there are passages that answer it, that only touch it, and that have nothing to do
/// with it, in several languages, so that there is an order to keep.
/// </summary>
internal static class GateTexts
{
    /// <summary>The name of the set, for the manifest.</summary>
    public const string Name = "built-in texts";

    /// <summary>The queries.</summary>
    public static IReadOnlyList<string> Queries { get; } =
    [
        "how to keep cut flowers fresh for longer",
        "Welche Reifen braucht ein Auto im Winter?",
        "pourquoi le ciel est-il bleu",
        "cómo quitar una mancha de vino tinto de la ropa",
        "почему кошки мурлыкают",
        "怎样煮出松软的米饭",
        "git undo the last commit but keep the changes",
        "富士山に登るのに一番良い季節",
    ];

    /// <summary>The passages, each ranked for every query.</summary>
    public static IReadOnlyList<string> Passages { get; } =
    [
        "Cut the stems at an angle, put them into clean lukewarm water with a little sugar, and change the water every second day: the bouquet will last a week longer.",
        "Roses were grown in the gardens of ancient Persia, long before they came to Europe.",
        "Bei Schnee, Eis oder Reifglätte sind Reifen mit dem Alpine-Symbol vorgeschrieben; sie sollten mindestens vier Millimeter Profil haben.",
        "Der Wagen steht seit Oktober in der Garage, weil die Batterie leer ist.",
        "La lumière du soleil est diffusée par les molécules de l'air, et les courtes longueurs d'onde, donc le bleu, le sont bien plus que le rouge.",
        "Le ciel de la Provence a attiré de nombreux peintres au dix-neuvième siècle.",
        "Para el vino tinto, cubra la mancha con sal enseguida, aclare con agua fría y lave la prenda con jabón y un poco de vinagre blanco.",
        "La Rioja produce cada año millones de litros de vino tinto y blanco.",
        "Мурлыканье возникает от быстрых сокращений мышц гортани; кошка мурлычет, когда ей хорошо, но также чтобы успокоить себя от боли.",
        "Кошек одомашнили на Ближнем Востоке около десяти тысяч лет назад.",
        "米饭要松软，先把米淘净浸泡半小时，水与米的比例约为一点二比一，煮好后再焖十分钟。",
        "这家饭馆的炒面很有名，中午常常要排队。",
        "Run git reset --soft HEAD~1: the last commit is gone, and everything that was in it stays staged.",
        "git clone copies a repository with its whole history to your machine.",
        "富士山の登山シーズンは七月上旬から九月上旬で、山小屋が開き、雪がなく天候も安定しています。",
        "富士山は静岡県と山梨県にまたがる活火山で、高さは三千七百七十六メートルです。",
        "Fresh flowers should stand away from fruit and from the sun, since warmth and ethylene make them wilt.",
        "Winter tyres are made of a softer rubber that still grips below seven degrees.",
        "At sunset the light has a longer way through the air, most of the blue is scattered out of it, and the sky turns red.",
        "Red wine contains tannins that bind to cotton; white vinegar dissolves them if it is applied before the stain dries.",
        "Purring has been measured at 25 to 150 hertz, in cats that eat, nurse or are hurt.",
        "The ferry leaves at six in the morning and takes about two hours to the island.",
        "El ayuntamiento cerrará la plaza durante las obras, que durarán hasta la primavera.",
        "Die Sitzung wurde vertagt, weil der Haushaltsplan noch nicht vorlag.",
    ];
}
