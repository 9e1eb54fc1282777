namespace Reranker.ServiceDefaults.Logging;

/// <summary>The event ids of this assembly's log messages.</summary>
internal static class ServiceEventIds
{
    public const int NoStore = 5002;
    public const int OwnClock = 5003;
    public const int StoreClock = 5004;
    public const int MemberClock = 5005;
    public const int MembershipLost = 5006;
    public const int MembershipRestored = 5007;
    public const int MembershipNotRestored = 5008;
    public const int DeclaredDead = 5009;
    public const int NoTable = 5010;
    public const int MembershipUnknown = 5011;
    public const int NoLook = 5012;
    public const int LinesLeftOut = 5013;
    public const int CertificateReplaced = 5014;
    public const int CertificateNotRead = 5015;
    public const int CertificateExpiring = 5016;
    public const int CertificateExpired = 5017;
    public const int PeerRefused = 5018;
    public const int CallerRefused = 5019;
    public const int HandshakeFailed = 5020;
}
