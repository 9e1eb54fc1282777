namespace ClientSample;

internal static class Articles
{
    public static readonly string[] All =
    [
        "Bread is baked in an oven.",
        "A battery lasts longer when it is not emptied completely.",
        "A bridge connects two network interfaces.",
        "The last train to Bern leaves at 23:42 from platform seven.",
        "An index lets a database find rows without reading the whole table.",
    ];
}
