using System.Diagnostics;
using OpenTelemetry;

namespace Reranker.ServiceDefaults.Telemetry;

/// <summary>Takes the error status from spans that ended by cancellation: a caller who leaves is no failure of ours.</summary>
internal sealed class CancellationIsNoErrorProcessor : BaseProcessor<Activity>
{
    private static readonly string[] Cancellations = [typeof(OperationCanceledException).FullName!, typeof(TaskCanceledException).FullName!];

    /// <inheritdoc/>
    public override void OnEnd(Activity data)
    {
        if (data.Status == ActivityStatusCode.Error && IsCancellation(data))
        {
            data.SetStatus(ActivityStatusCode.Unset);
        }
    }

    private static bool IsCancellation(Activity activity)
    {
        if (activity.GetTagItem("exception.type") is string type)
        {
            return Cancellations.Contains(type);
        }

        foreach (var activityEvent in activity.Events)
        {
            foreach (var (key, value) in activityEvent.Tags)
            {
                if (key == "exception.type" && value is string name)
                {
                    return Cancellations.Contains(name);
                }
            }
        }

        return false;
    }
}
