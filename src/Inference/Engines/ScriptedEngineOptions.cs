using System.ComponentModel.DataAnnotations;

namespace Reranker.Inference.Engines;

/// <summary>What the scripted engine pretends to be. Every fault is off by default.</summary>
public sealed record ScriptedEngineOptions
{
    /// <summary>Pairs a second, whatever their length. Default 0: pairs take no time of their own.</summary>
    [Range(0, 1e9)]
    public double PairsPerSecond { get; init; }

    /// <summary>Tokens a second. Default 600,000, about one H100 in FP16; 0: tokens take no time.</summary>
    [Range(0, 1e12)]
    public double TokensPerSecond { get; init; } = 600_000;

    /// <summary>Fixed time of a batch. Default 2 milliseconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan BatchTime { get; init; } = TimeSpan.FromMilliseconds(2);

    /// <summary>Most pairs of a batch. Default 256.</summary>
    [Range(1, 65_536)]
    public int MaxBatchPairs { get; init; } = 256;

    /// <summary>Most tokens of a batch. Default 32,768.</summary>
    [Range(1, 1 << 24)]
    public int MaxBatchTokens { get; init; } = 32_768;

    /// <summary>Runs at once. Default 1, as on a GPU.</summary>
    [Range(1, 1024)]
    public int Lanes { get; init; } = 1;

    /// <summary>Every n-th batch fails; a repetition is the next batch and may work. Default 0: none.</summary>
    [Range(0, int.MaxValue)]
    public int FailEvery { get; init; }

    /// <summary>The last batch that <see cref="FailEvery"/> holds for: the device works again after it. Default 0: it holds for all.</summary>
    [Range(0, int.MaxValue)]
    public int FailUntil { get; init; }

    /// <summary>A batch with a pair that holds this token id fails. Default null: none.</summary>
    public int? PoisonedToken { get; init; }

    /// <summary>A pair that holds this token id gets no number. Default null: none.</summary>
    public int? NanToken { get; init; }

    /// <summary>
    /// The only device, by its number in the list of devices, that <see cref="LoseDeviceAfter"/>, <see cref="HangAfter"/>,
    /// <see cref="MemoryTokens"/>, <see cref="SlowDownAfter"/> and <see cref="FailEvery"/> hold for. Default null: they hold for every device.
    /// </summary>
    [Range(0, int.MaxValue)]
    public int? FaultyDevice { get; init; }

    /// <summary>A batch of more tokens finds too little memory. Default 0: there is always enough.</summary>
    [Range(0, int.MaxValue)]
    public int MemoryTokens { get; init; }

    /// <summary>The device is lost after this many batches. Default 0: never.</summary>
    [Range(0, int.MaxValue)]
    public int LoseDeviceAfter { get; init; }

    /// <summary>The batch after this many never ends, until the engine is disposed. Default 0: never.</summary>
    [Range(0, int.MaxValue)]
    public int HangAfter { get; init; }

    /// <summary>Batches after this many take <see cref="SlowDown"/> times as long, which no prediction knows. Default 0: none.</summary>
    [Range(0, int.MaxValue)]
    public int SlowDownAfter { get; init; }

    /// <summary>How many times as long a batch takes after <see cref="SlowDownAfter"/>. Default 3.</summary>
    [Range(1, 1000)]
    public double SlowDown { get; init; } = 3;

    /// <summary>The script as the device with that number plays it.</summary>
    internal ScriptedEngineOptions ForDevice(int device)
        => FaultyDevice is null || FaultyDevice == device ? this : this with { LoseDeviceAfter = 0, HangAfter = 0, MemoryTokens = 0, FailEvery = 0, SlowDownAfter = 0 };
}
