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
        { "silo.probes.periodSeconds=0", "periodSeconds" },
        { "gateway.probes.livenessFailureThreshold=0", "livenessFailureThreshold" },
        { "silo.podDisruptionBudget.maxUnavailable=0", "maxUnavailable" },
        { "silo.autoscaling.minReplicas=0", "minReplicas" },
        { "silo.rollout.maxUnavailable=0%", "no rollout could begin" },
        { "silo.tensorRt.maxLength=500", "maxLength" },
        { "silo.tensorRt.optRows=80", "silo.pools.cpu.tensorRt: min must be at most opt" },
        { "silo.settings.reranker__shutdowntimeout=5s", "silo.pools.cpu.settings.reranker__shutdowntimeout: the chart sets it" },
        { "gateway.extraEnv[0].name=Gateway__DrainDelay,gateway.extraEnv[0].value=0s", "gateway.extraEnv: Gateway__DrainDelay: the chart sets it" },
        { "gateway.settings.Gateway__AutoTruncate=false,gateway.extraEnv[0].name=Gateway__AutoTruncate,gateway.extraEnv[0].value=a", "settings has it too" },
        { "gateway.extraEnv[0].name=A,gateway.extraEnv[0].value=1", "value" },
        { "silo.podLabels.app\\.kubernetes\\.io/component=gateway", "silo.pools.cpu.podLabels: 'app.kubernetes.io/component' is a label that the chart sets" },
        { "monitoring.rules.labels.app\\.kubernetes\\.io/instance=a", "monitoring.rules.labels" },
        { "silo.extraVolumes[0].name=tmp,silo.extraVolumes[0].emptyDir.medium=Memory", "silo.pools.cpu.extraVolumes: tmp is there already" },
        { "silo.extraVolumeMounts[0].name=a,silo.extraVolumeMounts[0].mountPath=/a", "no volume is named a" },
        { "silo.extraVolumeMounts[0].name=tmp,silo.extraVolumeMounts[0].mountPath=/tmp/", "mounted at /tmp/ already" },
        { "engineBuild.enabled=true,engineCache.type=pvc", "no pool has the engine TensorRt" },
        { "networkPolicy.restrictEgress=true,membership.store=redis,membership.existingSecret=a", "networkPolicy.extraEgress must name it" },
        { "networkPolicy.restrictEgress=true,telemetry.otlpEndpoint=http://a:4317", "networkPolicy.extraEgress must name the collector" },
        { "networkPolicy.clientsFrom[0].podSelektor=null", "clientsFrom" },
        { "tls.http.enabled=true,tls.certManager.enabled=true,tls.certManager.issuerRef.name=a,tls.certManager.duration=24h", "must be less than duration" },
        { "tls.http.enabled=true,tls.certManager.enabled=true,tls.certManager.issuerRef.name=a,tls.certManager.renewBefore=48h,monitoring.rules.enabled=true", "the alert would fire at every renewal" },
        { "podSecurity.runAsUser=0", "runAsUser" },
        { "fullnameOverride=My_Search", "fullnameOverride" },
        { "model.models.v2-m3=a b,model.volume.type=pvc", "a folder below the volume" },
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

    [Theory]
    [InlineData("2024-search")]
    [InlineData("search.v2")]
    public async Task A_release_whose_name_no_service_may_have_is_refused(string release)
    {
        var (code, _, error) = await Chart.RunHelmAsync("4", ["template", release, Chart.Folder]);

        Assert.Equal(1, code);
        Assert.Contains("set fullnameOverride", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("silo.preStopSeconds=5", "1.29.0", "needs Kubernetes 1.30")]
    [InlineData("model.models.a=a,model.volume.type=image,model.volume.imageReference=a", "1.30.0", "needs Kubernetes 1.35, or 1.31")]
    public async Task What_a_version_of_Kubernetes_would_drop_is_refused_there(string values, string version, string reason)
    {
        var (code, _, error) = await Chart.RunHelmAsync("4", ["template", "search", Chart.Folder, "--set", values, "--kube-version", version]);

        Assert.Equal(1, code);
        Assert.Contains(reason, error, StringComparison.Ordinal);
    }
}
