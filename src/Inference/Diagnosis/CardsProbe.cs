using System.Runtime.InteropServices;
using System.Text;

namespace Reranker.Inference.Diagnosis;

/// <summary>
/// Asks NVIDIA's management library, which knows of all cards, of instances that they are divided into (MIG), and of memory that
/// other processes use.
/// </summary>
public static unsafe class CardsProbe
{
    private const string Library = "libnvidia-ml.so.1";
    private const int TextBytes = 96;

    /// <summary>Asks it.</summary>
    /// <exception cref="DllNotFoundException">It is not installed.</exception>
    /// <exception cref="EntryPointNotFoundException">It is too old.</exception>
    /// <exception cref="InvalidOperationException">It refuses.</exception>
    public static CardsAnswer AskCards()
    {
        if (!NativeLibrary.TryLoad(Library, out var library))
        {
            throw new DllNotFoundException($"{Library} was not found");
        }

        ThrowIfFailed(((delegate* unmanaged<int>)Find("nvmlInit_v2"))(), "nvmlInit");
        var text = stackalloc byte[TextBytes];
        ThrowIfFailed(((delegate* unmanaged<byte*, uint, int>)Find("nvmlSystemGetDriverVersion"))(text, TextBytes), "nvmlSystemGetDriverVersion");
        var driver = ReadText(text);

        // Total, free, used.
        var memory = stackalloc ulong[3];
        uint count = 0;
        ThrowIfFailed(((delegate* unmanaged<uint*, int>)Find("nvmlDeviceGetCount_v2"))(&count), "nvmlDeviceGetCount");
        var cards = new List<CardAnswer>();
        for (uint index = 0; index < count; index++)
        {
            nint card = 0;
            ThrowIfFailed(((delegate* unmanaged<uint, nint*, int>)Find("nvmlDeviceGetHandleByIndex_v2"))(index, &card), "nvmlDeviceGetHandleByIndex");
            ThrowIfFailed(((delegate* unmanaged<nint, byte*, uint, int>)Find("nvmlDeviceGetName"))(card, text, TextBytes), "nvmlDeviceGetName");
            ThrowIfFailed(((delegate* unmanaged<nint, ulong*, int>)Find("nvmlDeviceGetMemoryInfo"))(card, memory), "nvmlDeviceGetMemoryInfo");
            uint current = 0, pending = 0;
            var divided = ((delegate* unmanaged<nint, uint*, uint*, int>)Find("nvmlDeviceGetMigMode"))(card, &current, &pending);
            cards.Add(new CardAnswer(ReadText(text), (long)memory[0], (long)memory[2], divided == 0 ? current == 1 : null));
        }

        return new CardsAnswer(driver, cards);

        nint Find(string name) => NativeLibrary.GetExport(library, name);
    }

    private static string ReadText(byte* text) => Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text));

    private static void ThrowIfFailed(int result, string function)
    {
        if (result != 0)
        {
            throw new InvalidOperationException(FormattableString.Invariant($"{function} of {Library} answers with error {result}"));
        }
    }
}
