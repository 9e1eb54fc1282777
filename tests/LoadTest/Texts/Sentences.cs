namespace Reranker.LoadTest.Texts;

/// <summary>Real sentences in many languages. Real words matter, because an INT8 model's ranges depend on them.</summary>
internal static class Sentences
{
    /// <summary>The queries.</summary>
    public static IReadOnlyList<string> Questions { get; } =
    [
        "How do I install a package without root?", "Wie spät fährt der letzte Zug nach Bern?",
        "¿Cómo se prepara una tortilla de patatas?", "What causes the northern lights?",
        "フィルターコーヒーの淹れ方は？", "Как настроить сетевой мост в Linux?",
        "Combien de temps faut-il cuire un œuf mollet ?", "如何在数据库中创建索引？",
        "Qual è la capitale della Mongolia?", "Hoe vervang ik een lekke fietsband?",
        "كيف أحافظ على نباتات الزينة في الشتاء؟", "Jak działa pompa ciepła?",
        "배터리 수명을 늘리는 방법은 무엇인가요?", "Làm thế nào để nấu phở bò?",
        "Kuinka jää muodostuu järveen?", "Como funciona um motor elétrico?",
    ];

    /// <summary>What passages are made of.</summary>
    public static IReadOnlyList<string> Statements { get; } =
    [
        "The package manager can unpack an archive into your home directory when you have no administrator rights.",
        "Set the prefix during configuration and add its bin folder to your search path.",
        "Charged particles from the sun follow the magnetic field and excite oxygen and nitrogen high above the poles.",
        "An index lets the database find rows without reading the whole table, at the price of slower writes.",
        "A heat pump moves warmth from outside air or soil into the house and needs little electricity for it.",
        "Der letzte Zug nach Bern fährt werktags um 23:42 Uhr von Gleis sieben ab.",
        "Kartoffeln dünn schneiden, in Öl weich garen, mit Eiern mischen und beidseitig stocken lassen.",
        "Eine Wärmepumpe entzieht der Umgebung Wärme und hebt sie auf ein höheres Temperaturniveau.",
        "Cortar las patatas en láminas, freírlas despacio con cebolla y cuajar con huevo batido.",
        "El puente de red une dos interfaces para que compartan el mismo segmento.",
        "Plongez l’œuf dans l’eau bouillante pendant six minutes, puis refroidissez-le aussitôt.",
        "La batterie se conserve mieux si elle reste entre vingt et quatre-vingts pour cent.",
        "L'aurora boreale appare quando il vento solare incontra l'alta atmosfera.",
        "Ulan Bator è la capitale e la città più grande della Mongolia.",
        "Haal de binnenband uit het wiel, zoek het gat in een bak water en plak het na het schuren.",
        "De laatste trein vertrekt om kwart voor twaalf van spoor zeven.",
        "Pompa ciepła pobiera energię z otoczenia i oddaje ją do instalacji grzewczej.",
        "Indeks przyspiesza wyszukiwanie, ale spowalnia zapis danych.",
        "Сетевой мост объединяет интерфейсы, и виртуальные машины видны в локальной сети.",
        "Полярное сияние возникает, когда солнечный ветер сталкивается с верхними слоями атмосферы.",
        "Індекс бази даних пришвидшує пошук рядків за значенням стовпця.",
        "沸騰したお湯を少し冷まし、粉を三十秒ほど蒸らしてからゆっくり注ぎます。",
        "バッテリーは高温を避け、二十から八十パーセントの間で使うと長持ちします。",
        "在经常用于查询条件的列上创建索引可以显著加快检索速度。",
        "把牛骨焯水后用小火熬六个小时，再加入香料和鱼露调味。",
        "배터리를 고온에 두지 말고 완전히 방전되기 전에 충전하세요.",
        "인덱스를 만들면 조회는 빨라지지만 쓰기는 느려집니다.",
        "ضع النباتات قرب نافذة مضيئة وقلل الري في أشهر الشتاء.",
        "المضخة الحرارية تنقل الحرارة من الخارج إلى الداخل بكفاءة عالية.",
        "Ninh xương bò với gừng nướng, hành nướng và hoa hồi trong nhiều giờ để nước dùng trong.",
        "Chỉ mục giúp cơ sở dữ liệu tìm dòng nhanh hơn.",
        "Järven pinta jäätyy, kun vesi on kauttaaltaan jäähtynyt neljään asteeseen ja pinta sitä kylmemmäksi.",
        "Um motor elétrico transforma corrente em movimento por meio de campos magnéticos.",
        "Isı pompası dış havadaki enerjiyi eve taşır ve az elektrik harcar.",
        "Tåget till Göteborg avgår från spår fyra klockan halv nio.",
        "Cykelslangen lappes bedst, når gummiet er helt tørt og let slebet.",
        "Polární záře vzniká srážkami částic slunečního větru s atmosférou.",
        "Η αντλία θερμότητας μεταφέρει θερμότητα από το περιβάλλον στο σπίτι.",
        "תאורת הצפון נוצרת כאשר חלקיקים טעונים פוגעים באטמוספירה.",
        "ध्रुवीय ज्योति तब बनती है जब सौर पवन के कण वायुमंडल से टकराते हैं।",
    ];
}
