namespace Reranker.Inference.Logging;

/// <summary>Every log event of this assembly, so that no id is used twice.</summary>
internal static class InferenceEventIds
{
    public const int EngineFallback = 1000;
    public const int EngineReady = 1001;
    public const int EngineCalibrated = 1002;
    public const int GraphPartlyOnCpu = 1003;
    public const int BatchTokensHalved = 1004;
    public const int EngineBuildStarted = 1005;
    public const int EngineBuilt = 1006;
    public const int EngineContextUnusable = 1007;
    public const int OneInstance = 1008;
    public const int PrecisionChosen = 1009;
    public const int SlowPrecision = 1010;
    public const int EngineStarted = 1011;
    public const int MeasurementsNotKept = 1012;
    public const int CostsOutdated = 1013;
    public const int CostsReused = 1014;
    public const int KernelsReused = 1015;
    public const int KernelsRefused = 1016;
    public const int PaddedFormRuns = 1017;
    public const int MeasurementsPruned = 1018;
    public const int RunsNotCaptured = 1020;

    public const int BatchFailed = 1100;
    public const int BatchBudgetShrunk = 1101;
    public const int WorkerLost = 1102;
    public const int WorkerDraining = 1103;
    public const int WorkerStopped = 1104;
    public const int LaneStuck = 1105;
    public const int LaneCrashed = 1106;
    public const int BatchBudgetGrown = 1107;
    public const int RunnerSuspended = 1108;
    public const int RunnerResumed = 1109;
    public const int RunnerRests = 1110;
}
