{{/* What the schema cannot say: values that fit each other. Each fault is one sentence that names the values. */}}
{{- define "reranker.checks" -}}
{{- $v := .Values -}}
{{- include "reranker.objectChecks" . -}}
{{- if and (ne $v.membership.store "bundled") (not $v.membership.existingSecret) -}}
{{- fail (printf "membership.existingSecret is required with membership.store=%s: a secret that holds the connection string" $v.membership.store) -}}
{{- end -}}
{{- if not (fromJsonArray (include "reranker.pools" .)) }}{{ fail "silo.pools is empty: without a silo nothing is scored" }}{{ end -}}
{{- if and $v.model.models (eq $v.model.volume.type "none") -}}
{{- fail "model.models names folders, and model.volume.type=none has no volume that could hold them" -}}
{{- end -}}
{{- if and (not $v.model.models) (ne $v.model.volume.type "none") (not $v.model.loadAtRunTime) -}}
{{- fail (printf "model.volume.type=%s is set, and model.models names no model in it" $v.model.volume.type) -}}
{{- end -}}
{{- if and $v.model.default $v.model.models (not (hasKey $v.model.models $v.model.default)) -}}
{{- fail (printf "model.default is '%s', which model.models does not have" $v.model.default) -}}
{{- end -}}
{{- range $name, $folder := $v.model.models -}}
{{- if not (regexMatch "^[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)*$" $folder) }}{{ fail (printf "model.models.%s is '%s': a folder below the volume, of letters, digits, dots, hyphens and underscores, without a leading slash and without .." $name $folder) }}{{ end -}}
{{- end -}}
{{- with $v.model.volume -}}
{{- if and (eq .type "existingClaim") (not .claimName) }}{{ fail "model.volume.claimName is required with model.volume.type=existingClaim" }}{{ end -}}
{{- if and (eq .type "hostPath") (not .hostPath) }}{{ fail "model.volume.hostPath is required with model.volume.type=hostPath" }}{{ end -}}
{{- if and (eq .type "image") (not .imageReference) }}{{ fail "model.volume.imageReference is required with model.volume.type=image" }}{{ end -}}
{{- end -}}
{{- if and $v.model.loadAtRunTime (not $v.cluster.adminSecret) -}}
{{- fail "model.loadAtRunTime needs cluster.adminSecret: nobody could load a model without it" -}}
{{- end -}}
{{- with $v.model.import -}}
{{- if .enabled -}}
{{- if not (has $v.model.volume.type (list "pvc" "existingClaim")) }}{{ fail "model.import.enabled needs a volume that can be written: model.volume.type=pvc or existingClaim" }}{{ end -}}
{{- if and (eq $v.model.source "claim") (not .checkpointClaim) }}{{ fail "model.import.checkpointClaim is required with model.import.enabled, unless model.source is hub" }}{{ end -}}
{{- if and (eq $v.model.source "hub") (or .checkpointClaim .checkpointPath) }}{{ fail "model.import names a checkpoint of a claim, and model.source is hub" }}{{ end -}}
{{- if and (eq $v.model.source "hub") (not $v.model.hub.repository) }}{{ fail "model.hub.repository is required with model.source=hub: ORG/NAME" }}{{ end -}}
{{- if not .folder }}{{ fail "model.import.folder is required with model.import.enabled" }}{{ end -}}
{{- if not (has .folder (values $v.model.models)) }}{{ fail (printf "model.import.folder is '%s', which model.models does not serve" .folder) }}{{ end -}}
{{- end -}}
{{- end -}}
{{- if and (eq $v.model.source "hub") (not $v.model.import.enabled) }}{{ fail "model.source=hub is what model.import.enabled imports from, and that is not set" }}{{ end -}}
{{- if and (ne $v.model.source "hub") (or $v.model.hub.repository $v.model.hub.tokenSecret $v.model.hub.endpoint) }}{{ fail "model.hub is set, and model.source is not hub" }}{{ end -}}
{{- with $v.engineCache -}}
{{- if and (eq .type "existingClaim") (not .claimName) }}{{ fail "engineCache.claimName is required with engineCache.type=existingClaim" }}{{ end -}}
{{- if and (eq .type "hostPath") (not .hostPath) }}{{ fail "engineCache.hostPath is required with engineCache.type=hostPath" }}{{ end -}}
{{- if and $v.engineBuild.enabled (eq .type "emptyDir") }}{{ fail "engineBuild.enabled needs a cache that outlives a pod: engineCache.type=pvc, existingClaim or hostPath" }}{{ end -}}
{{- end -}}
{{- range $name := fromJsonArray (include "reranker.pools" $) -}}
{{- $own := index $v.silo.pools $name -}}
{{- if $own.pools }}{{ fail (printf "silo.pools.%s.pools: a pool has no pools" $name) }}{{ end -}}
{{- if not $own.profile }}{{ fail (printf "silo.pools.%s.profile is required: one of %s" $name (keys $v.resourceProfiles | sortAlpha | join ", ")) }}{{ end -}}
{{- if not (hasKey $v.resourceProfiles $own.profile) }}{{ fail (printf "silo.pools.%s.profile is '%s', which resourceProfiles does not have: %s" $name $own.profile (keys $v.resourceProfiles | sortAlpha | join ", ")) }}{{ end -}}
{{- $pool := fromYaml (include "reranker.pool" (dict "root" $ "name" $name)) -}}
{{- if lt (int $pool.shutdownTimeoutSeconds) (int $v.gateway.maxDeadlineSeconds) -}}
{{- fail (printf "silo.pools.%s: shutdownTimeoutSeconds is %d, less than gateway.maxDeadlineSeconds (%d): a stopping silo would cut requests" $name (int $pool.shutdownTimeoutSeconds) (int $v.gateway.maxDeadlineSeconds)) -}}
{{- end -}}
{{- if le (int $pool.terminationGracePeriodSeconds) (int (add $pool.preStopSeconds $pool.shutdownTimeoutSeconds)) -}}
{{- fail (printf "silo.pools.%s: terminationGracePeriodSeconds is %d and must be more than preStopSeconds and shutdownTimeoutSeconds together (%d)" $name (int $pool.terminationGracePeriodSeconds) (int (add $pool.preStopSeconds $pool.shutdownTimeoutSeconds))) -}}
{{- end -}}
{{- if and (regexMatch "^0+%?$" (toString $pool.rollout.maxSurge)) (regexMatch "^0+%?$" (toString $pool.rollout.maxUnavailable)) }}{{ fail (printf "silo.pools.%s.rollout: maxSurge and maxUnavailable are both 0, so that no rollout could begin" $name) }}{{ end -}}
{{- if and (eq $pool.autoscaling.kind "keda") (not $pool.autoscaling.prometheusAddress) }}{{ fail (printf "silo.pools.%s.autoscaling.prometheusAddress is required with autoscaling.kind=keda" $name) }}{{ end -}}
{{- with $pool.tensorRt -}}
{{- if or (gt (int .minRows) (int .optRows)) (gt (int .optRows) (int .maxRows)) (gt (int .minLength) (int .optLength)) (gt (int .optLength) (int .maxLength)) }}{{ fail (printf "silo.pools.%s.tensorRt: min must be at most opt, and opt at most max, of rows and of lengths" $name) }}{{ end -}}
{{- end -}}
{{- if and $pool.preStopSeconds (semverCompare "<1.30.0-0" $.Capabilities.KubeVersion.Version) }}{{ fail (printf "silo.pools.%s.preStopSeconds needs Kubernetes 1.30, whose kubelet sleeps by itself; this is %s" $name $.Capabilities.KubeVersion.Version) }}{{ end -}}
{{- include "reranker.podChecks" (dict "where" (printf "silo.pools.%s" $name) "own" $pool "sets" (printf "%s\n%s\n%s" (include "reranker.sharedEnv" $) (include "reranker.siloEnv" (dict "root" $ "pool" $pool)) (include "reranker.modelEnv" $ | trim)) "volumes" (list "tmp" "shm" "engines" "models" "tls-cluster") "mounts" (list "/tmp" "/dev/shm" "/engines" "/models" "/tls/cluster")) -}}
{{- if and (ne $pool.autoscaling.kind "none") (gt (int $pool.autoscaling.minReplicas) (int $pool.autoscaling.maxReplicas)) }}{{ fail (printf "silo.pools.%s.autoscaling: minReplicas is more than maxReplicas" $name) }}{{ end -}}
{{- if ne $pool.autoscaling.kind "none" -}}
{{- if not $v.monitoring.serviceMonitor.enabled }}{{ fail (printf "silo.pools.%s.autoscaling reads metrics by the labels that monitoring.serviceMonitor.enabled gives them" $name) }}{{ end -}}
{{- end -}}
{{- end -}}
{{- with $v.tls -}}
{{- if and .certManager.enabled (not (or .http.enabled .cluster.enabled)) }}{{ fail "tls.certManager.enabled makes certificates, and neither tls.http.enabled nor tls.cluster.enabled uses one" }}{{ end -}}
{{- if and .certManager.enabled (not .certManager.issuerRef.name) }}{{ fail "tls.certManager.issuerRef.name is required with tls.certManager.enabled" }}{{ end -}}
{{- if and .certManager.enabled (or .http.existingSecret .cluster.siloSecret .cluster.gatewaySecret) }}{{ fail "tls.certManager.enabled makes the secrets of tls.http and tls.cluster; name none of your own beside it" }}{{ end -}}
{{- if and .http.enabled (not .certManager.enabled) (not .http.existingSecret) }}{{ fail "tls.http.existingSecret is required with tls.http.enabled, unless tls.certManager.enabled makes it" }}{{ end -}}
{{- if and .cluster.enabled (not .certManager.enabled) (not .cluster.siloSecret) }}{{ fail "tls.cluster.siloSecret is required with tls.cluster.enabled, unless tls.certManager.enabled makes it" }}{{ end -}}
{{- if and (not .http.enabled) .http.existingSecret }}{{ fail "tls.http.existingSecret is set, and tls.http.enabled is not" }}{{ end -}}
{{- if and (not .cluster.enabled) (or .cluster.siloSecret .cluster.gatewaySecret .cluster.siloName) }}{{ fail "tls.cluster names secrets or a name of silos, and tls.cluster.enabled is not set" }}{{ end -}}
{{- if and .cluster.siloName (not .certManager.enabled) (or (not .cluster.gatewaySecret) (eq .cluster.gatewaySecret .cluster.siloSecret)) }}{{ fail "tls.cluster.siloName needs a tls.cluster.gatewaySecret of its own: gateways would pass for silos with the silos' certificate" }}{{ end -}}
{{- end -}}
{{- include "reranker.podChecks" (dict "where" "gateway" "own" $v.gateway "sets" (printf "%s\n%s" (include "reranker.sharedEnv" .) (include "reranker.gatewayEnv" . | trim)) "volumes" (list "tmp" "tls-cluster" "tls-http") "mounts" (list "/tmp" "/tls/cluster" "/tls/http")) -}}
{{- include "reranker.podChecks" (dict "where" "model.import" "own" $v.model.import "sets" (include "reranker.hubEnv" . | trim) "volumes" list "mounts" list) -}}
{{- with $v.gateway -}}
{{- if lt (int .maxDeadlineSeconds) (int .defaultDeadlineSeconds) }}{{ fail "gateway.defaultDeadlineSeconds is more than gateway.maxDeadlineSeconds" }}{{ end -}}
{{- if lt (int .shutdownTimeoutSeconds) (int .maxDeadlineSeconds) }}{{ fail (printf "gateway.shutdownTimeoutSeconds is %d, less than gateway.maxDeadlineSeconds (%d): a stopping gateway would cut requests" (int .shutdownTimeoutSeconds) (int .maxDeadlineSeconds)) }}{{ end -}}
{{- $least := int (add .drainDelaySeconds .shutdownTimeoutSeconds) -}}
{{- if and .terminationGracePeriodSeconds (le (int .terminationGracePeriodSeconds) $least) }}{{ fail (printf "gateway.terminationGracePeriodSeconds is %d and must be more than drainDelaySeconds and shutdownTimeoutSeconds together (%d)" (int .terminationGracePeriodSeconds) $least) }}{{ end -}}
{{- if and .admin.existingSecret (not $v.cluster.adminSecret) }}{{ fail "gateway.admin.existingSecret needs cluster.adminSecret" }}{{ end -}}
{{- if and .grpc.enabled (eq (int .grpc.port) (int .service.port)) }}{{ fail (printf "gateway.grpc.port and gateway.service.port are both %d" (int .grpc.port)) }}{{ end -}}
{{- if and .grpc.reflection (not .grpc.enabled) }}{{ fail "gateway.grpc.reflection needs gateway.grpc.enabled" }}{{ end -}}
{{- if and .grpc.route.enabled (not .grpc.enabled) }}{{ fail "gateway.grpc.route.enabled needs gateway.grpc.enabled" }}{{ end -}}
{{- if and .grpc.route.enabled (not .grpc.route.parentRefs) }}{{ fail "gateway.grpc.route.parentRefs is required with gateway.grpc.route.enabled" }}{{ end -}}
{{- if and .grpc.route.enabled (not .grpc.route.hostnames) }}{{ fail "gateway.grpc.route.hostnames is required with gateway.grpc.route.enabled: an HTTPRoute may have none of them" }}{{ end -}}
{{- range .grpc.route.hostnames -}}
{{- if and $v.gateway.route.enabled (has . $v.gateway.route.hostnames) }}{{ fail (printf "gateway.grpc.route.hostnames and gateway.route.hostnames both have %s, and a gateway takes one of the two" .) }}{{ end -}}
{{- end -}}
{{- if and (or .ingress.enabled .route.enabled .grpc.route.enabled) (not .apiKeys.keys) (not .apiKeys.allowAnonymous) -}}
{{- fail "gateway.ingress, gateway.route or gateway.grpc.route opens the gateway to the outside and gateway.apiKeys.keys is empty: name keys, or set gateway.apiKeys.allowAnonymous" -}}
{{- end -}}
{{- if and .ingress.enabled (not .ingress.hosts) }}{{ fail "gateway.ingress.hosts is required with gateway.ingress.enabled" }}{{ end -}}
{{- if and .route.enabled (not .route.parentRefs) }}{{ fail "gateway.route.parentRefs is required with gateway.route.enabled" }}{{ end -}}
{{- if and (regexMatch "^0+%?$" (toString .rollout.maxSurge)) (regexMatch "^0+%?$" (toString .rollout.maxUnavailable)) }}{{ fail "gateway.rollout: maxSurge and maxUnavailable are both 0, so that no rollout could begin" }}{{ end -}}
{{- if and (eq .autoscaling.kind "hpa") (gt (int .autoscaling.minReplicas) (int .autoscaling.maxReplicas)) }}{{ fail "gateway.autoscaling: minReplicas is more than maxReplicas" }}{{ end -}}
{{- end -}}
{{- end }}
