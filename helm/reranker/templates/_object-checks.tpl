{{/* What a cluster would refuse after the installation has begun: names, versions, lists that have an entry twice. */}}
{{- define "reranker.objectChecks" -}}
{{- $v := .Values -}}
{{- $name := include "reranker.fullname" . -}}
{{- if not (regexMatch "^[a-z]([-a-z0-9]*[a-z0-9])?$" $name) }}{{ fail (printf "'%s', which release and chart make, is no name of a service: it must begin with a letter and have no dots; set fullnameOverride" $name) }}{{ end -}}
{{- if and (eq $v.model.volume.type "image") (semverCompare "<1.31.0-0" .Capabilities.KubeVersion.Version) }}{{ fail (printf "model.volume.type=image needs Kubernetes 1.35, or 1.31 with the feature gate ImageVolume; this is %s" .Capabilities.KubeVersion.Version) }}{{ end -}}
{{- if and $v.engineBuild.enabled (ne $v.engineCache.type "emptyDir") -}}
{{- $builds := false -}}
{{- range $pool := fromJsonArray (include "reranker.pools" .) -}}
{{- if eq (fromYaml (include "reranker.pool" (dict "root" $ "name" $pool))).engine "TensorRt" }}{{ $builds = true }}{{ end -}}
{{- end -}}
{{- if not $builds }}{{ fail "engineBuild.enabled builds TensorRT engines, and no pool has the engine TensorRt" }}{{ end -}}
{{- end -}}
{{- with $v.networkPolicy -}}
{{- if and .enabled .restrictEgress (not .extraEgress) -}}
{{- if ne $v.membership.store "bundled" }}{{ fail (printf "networkPolicy.restrictEgress closes the way to the store: with membership.store=%s, networkPolicy.extraEgress must name it" $v.membership.store) }}{{ end -}}
{{- if $v.telemetry.otlpEndpoint }}{{ fail "networkPolicy.restrictEgress closes the way to telemetry.otlpEndpoint: networkPolicy.extraEgress must name the collector" }}{{ end -}}
{{- end -}}
{{- end -}}
{{- with $v.tls.certManager -}}
{{- if .enabled -}}
{{- if ge (int (trimSuffix "h" .renewBefore)) (int (trimSuffix "h" .duration)) }}{{ fail (printf "tls.certManager.renewBefore is %s and must be less than duration (%s)" .renewBefore .duration) }}{{ end -}}
{{- if and $v.monitoring.rules.enabled (le (int (trimSuffix "h" .renewBefore)) (int $v.monitoring.rules.certificateHours)) }}{{ fail (printf "monitoring.rules.certificateHours is %d, and certificates are renewed %s before they end: the alert would fire at every renewal" (int $v.monitoring.rules.certificateHours) .renewBefore) }}{{ end -}}
{{- end -}}
{{- end -}}
{{- range $where, $labels := dict "monitoring.serviceMonitor" $v.monitoring.serviceMonitor.labels "monitoring.rules" $v.monitoring.rules.labels "monitoring.dashboard" $v.monitoring.dashboard.labels -}}
{{- include "reranker.labelChecks" (dict "where" (printf "%s.labels" $where) "labels" $labels) -}}
{{- end -}}
{{- end }}

{{/* dict "where" … "labels" … */}}
{{- define "reranker.labelChecks" -}}
{{- $where := .where -}}
{{- range $label := keys (default dict .labels) -}}
{{- if regexMatch "^(app\\.kubernetes\\.io|helm\\.sh|reranker)/" $label }}{{ fail (printf "%s: '%s' is a label that the chart sets, and by which objects find each other" $where $label) }}{{ end -}}
{{- end -}}
{{- end }}

{{/* What users add to a pod must not say again what the chart says: dict "where" … "own" (its values) "sets" (its variables, as YAML) "volumes" … "mounts" … */}}
{{- define "reranker.podChecks" -}}
{{- $where := .where -}}
{{- include "reranker.labelChecks" (dict "where" (printf "%s.podLabels" $where) "labels" (default dict .own.podLabels)) -}}
{{- $taken := dict -}}
{{- range fromYamlArray (default "[]" .sets) }}{{ $_ := set $taken (lower .name) "the chart sets it by another value" }}{{ end -}}
{{- range $name := keys (default dict .own.settings) | sortAlpha -}}
{{- if not (regexMatch "^[A-Za-z_][A-Za-z0-9_.]*$" $name) }}{{ fail (printf "%s.settings: '%s' is no name of an environment variable" $where $name) }}{{ end -}}
{{- with get $taken (lower $name) }}{{ fail (printf "%s.settings.%s: %s" $where $name .) }}{{ end -}}
{{- $_ := set $taken (lower $name) "settings has it too" -}}
{{- end -}}
{{- range .own.extraEnv -}}
{{- if and (hasKey . "value") (hasKey . "valueFrom") }}{{ fail (printf "%s.extraEnv: %s has value and valueFrom" $where .name) }}{{ end -}}
{{- $name := .name -}}
{{- with get $taken (lower $name) }}{{ fail (printf "%s.extraEnv: %s: %s" $where $name .) }}{{ end -}}
{{- $_ := set $taken (lower $name) "extraEnv has it twice" -}}
{{- end -}}
{{- $volumes := .volumes -}}
{{- range .own.extraVolumes -}}
{{- if has .name $volumes }}{{ fail (printf "%s.extraVolumes: %s is there already" $where .name) }}{{ end -}}
{{- $volumes = append $volumes .name -}}
{{- end -}}
{{- $mounts := .mounts -}}
{{- range .own.extraVolumeMounts -}}
{{- if has (trimSuffix "/" .mountPath) $mounts }}{{ fail (printf "%s.extraVolumeMounts: something is mounted at %s already" $where .mountPath) }}{{ end -}}
{{- if not (has .name $volumes) }}{{ fail (printf "%s.extraVolumeMounts: no volume is named %s" $where .name) }}{{ end -}}
{{- $mounts = append $mounts (trimSuffix "/" .mountPath) -}}
{{- end -}}
{{- end }}
