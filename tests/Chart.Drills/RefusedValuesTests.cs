namespace Reranker.Chart.Drills;

/// <summary>Values that could not work are refused before anything is installed, by a sentence that names them.</summary>
public sealed class RefusedValuesTests
{
    public static TheoryData<string, string> Mistakes => new()
    {
        { "silo.replcias=3", "replcias" },
        { "silo.pools.cpu.replcias=3", "replcias" },
        { "silo.pools.cpu.profile=nvidia-b300", "resourceProfiles does not have" },
        { "silo.pools.gpu.replicas=1", "silo.pools.gpu.profile is required" },
        { "silo.pools.cpu=null", "pools" },
        { "silo.replicas=two", "replicas" },
        { "silo.devices=gpu0", "devices" },
        { "membership.store=etcd", "membership" },
        { "membership.store=redis", "membership.existingSecret is required" },
        { "model.models.v2-m3=v2-m3", "model.volume.type=none has no volume" },
        { "model.volume.type=existingClaim,model.volume.claimName=models", "model.models names no model" },
        { "model.models.v2-m3=v2-m3,model.volume.type=existingClaim", "model.volume.claimName is required" },
        { "model.models.v2-m3=../v2-m3,model.volume.type=pvc", "a folder below the volume" },
        { "model.models.v2-m3=v2-m3,model.volume.type=pvc,model.default=v3", "which model.models does not have" },
        { "model.loadAtRunTime=true,model.volume.type=pvc", "model.loadAtRunTime needs cluster.adminSecret" },
        { "model.models.v2-m3=v2-m3,model.volume.type=hostPath,model.volume.hostPath=/m,model.import.enabled=true", "a volume that can be written" },
        { "model.models.v2-m3=v2-m3,model.volume.type=pvc,model.import.enabled=true,model.import.checkpointClaim=c,model.import.folder=other", "which model.models does not serve" },
        { "model.source=web", "source" },
        { "model.source=hub", "model.import.enabled imports from" },
        { "model.hub.repository=a/b", "model.source is not hub" },
        { "model.source=hub,model.hub.repository=a", "repository" },
        { "model.models.v2-m3=v2-m3,model.volume.type=pvc,model.import.enabled=true,model.import.folder=v2-m3,model.source=hub", "model.hub.repository is required" },
        { "model.models.v2-m3=v2-m3,model.volume.type=pvc,model.import.enabled=true,model.import.folder=v2-m3,model.source=hub,model.hub.repository=a/b,model.import.checkpointClaim=c", "a checkpoint of a claim" },
        { "engineBuild.enabled=true", "a cache that outlives a pod" },
        { "silo.shutdownTimeoutSeconds=30", "a stopping silo would cut requests" },
        { "silo.terminationGracePeriodSeconds=60", "must be more than preStopSeconds and shutdownTimeoutSeconds" },
        { "silo.rollout.maxUnavailable=0", "no rollout could begin" },
        { "silo.autoscaling.kind=keda", "autoscaling.prometheusAddress is required" },
        { "silo.autoscaling.kind=hpa", "monitoring.serviceMonitor.enabled" },
        { "gateway.shutdownTimeoutSeconds=10", "a stopping gateway would cut requests" },
        { "gateway.terminationGracePeriodSeconds=80", "must be more than drainDelaySeconds" },
        { "gateway.maxDeadlineSeconds=6000", "maxDeadlineSeconds" },
        { "gateway.ingress.enabled=true,gateway.apiKeys.allowAnonymous=true", "gateway.ingress.hosts is required" },
        { "gateway.ingress.enabled=true,gateway.ingress.hosts={a.example.com}", "allowAnonymous" },
        { "gateway.grpc.enabled=true,gateway.grpc.port=80", "are both 80" },
        { "gateway.grpc.reflection=true", "gateway.grpc.reflection needs gateway.grpc.enabled" },
        { "gateway.grpc.route.enabled=true", "gateway.grpc.route.enabled needs gateway.grpc.enabled" },
        { "gateway.grpc.enabled=true,gateway.grpc.route.enabled=true", "gateway.grpc.route.parentRefs is required" },
        { "gateway.grpc.enabled=true,gateway.grpc.route.enabled=true,gateway.grpc.route.parentRefs[0].name=a", "gateway.grpc.route.hostnames is required" },
        { "gateway.grpc.enabled=true,gateway.grpc.route.enabled=true,gateway.grpc.route.parentRefs[0].name=a,gateway.grpc.route.hostnames={a.b},gateway.route.enabled=true,gateway.route.parentRefs[0].name=a,gateway.route.hostnames={a.b}", "both have a.b" },
        { "gateway.grpc.enabled=true,gateway.grpc.route.enabled=true,gateway.grpc.route.parentRefs[0].name=a,gateway.grpc.route.hostnames={a.b}", "allowAnonymous" },
        { "gateway.apiKeys.keys[0].tenant=a", "existingSecret" },
        { "gateway.admin.existingSecret=s", "gateway.admin.existingSecret needs cluster.adminSecret" },
        { "image.silo.digest=abc", "digest" },
        { "tls.http.enabled=true", "tls.http.existingSecret is required" },
        { "tls.http.existingSecret=a", "tls.http.enabled is not" },
        { "tls.cluster.enabled=true", "tls.cluster.siloSecret is required" },
        { "tls.cluster.siloSecret=a", "tls.cluster.enabled is not set" },
        { "tls.cluster.enabled=true,tls.cluster.siloSecret=a,tls.cluster.siloName=silo.internal", "gateways would pass for silos" },
        { "tls.cluster.enabled=true,tls.cluster.siloSecret=a,tls.cluster.siloName=Silo_1", "siloName" },
        { "tls.certManager.enabled=true,tls.certManager.issuerRef.name=a", "neither tls.http.enabled nor tls.cluster.enabled" },
        { "tls.http.enabled=true,tls.certManager.enabled=true", "tls.certManager.issuerRef.name is required" },
        { "tls.http.enabled=true,tls.certManager.enabled=true,tls.certManager.issuerRef.name=a,tls.http.existingSecret=b", "name none of your own" },
        { "gateway.settings.a-b=1", "no name of an environment variable" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task A_mistake_is_refused_by_name(string values, string reason)
    {
        foreach (var version in Chart.Helms)
        {
            var (code, _, error) = await Chart.RunHelmAsync(version, ["template", "search", Chart.Folder, "--set", values]);
            Assert.Equal(1, code);
            Assert.Contains(reason, error, StringComparison.Ordinal);
        }
    }
}
