using System.Reflection;
using Orleans.Runtime.Messaging;
using Orleans.Serialization;
using Reranker.Attempts;

namespace Reranker.Client.Tests.Attempts;

/// <summary>Only a lost answer is asked for again; a wrong request or a defect would fail everywhere.</summary>
public sealed class TransportFaultsTests
{
    public static TheoryData<Exception, string> Lost => new()
    {
        { new SiloUnavailableException("gone"), "silo-unavailable" },
        { Internal<OrleansMessageRejectionException>("no activation"), "rejected" },
        { new GatewayTooBusyException("busy"), "gateway-busy" },
        { new LimitExceededException("queue"), "limit" },
        { new ConnectionFailedException("refused"), "connection" },
        { Internal<ClientNotAvailableException>("no client"), "connection" },
        { new TimeoutException("no response"), "timeout" },
        { new OperationCanceledException("the silo is stopping"), "cancelled-by-silo" },
        { new TaskCanceledException("the silo is stopping"), "cancelled-by-silo" },
        { new ObjectDisposedException("what the silo held"), "silo-stopping" },
        { new OrleansException("some other loss"), "orleans" },
        { Internal<OrleansLifecycleCanceledException>("one of its other kinds"), "orleans" },
    };

    public static TheoryData<Exception> Final =>
    [
        new InvalidOperationException("a defect"),
        new InvalidCastException("a defect"),
        new ArgumentException("a wrong request"),
        new NotSupportedException("no such method"),
        new IOException("a defect: no grain reads files"),
        new SerializerException("what no silo can read"),
        new AggregateException(new TimeoutException("inside something else")),
    ];

    [Theory]
    [MemberData(nameof(Lost))]
    public void A_lost_answer_has_a_reason_to_ask_again(Exception fault, string reason)
        => Assert.Equal(reason, TransportFaults.FindRetryReason(fault));

    [Theory]
    [MemberData(nameof(Final))]
    public void What_repeating_cannot_help_has_none(Exception defect) => Assert.Null(TransportFaults.FindRetryReason(defect));

    // Only Orleans makes these.
    private static T Internal<T>(string message)
        where T : Exception
        => (T)Activator.CreateInstance(typeof(T), BindingFlags.Instance | BindingFlags.NonPublic, binder: null, [message], culture: null)!;
}
