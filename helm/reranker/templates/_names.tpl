{{/* A number as a person writes it: values of files are floating-point numbers, which Go writes as 2.147483648e+09. */}}
{{- define "reranker.text" -}}
{{- if and (kindIs "float64" .) (eq (floor .) .) }}{{ printf "%.0f" . }}{{ else }}{{ toString . }}{{ end -}}
{{- end }}

{{- define "reranker.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" }}
{{- end }}

{{- define "reranker.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" }}
{{- else if contains (include "reranker.name" .) .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" }}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "reranker.name" .) | trunc 40 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "reranker.selector" -}}
app.kubernetes.io/name: {{ include "reranker.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "reranker.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{ include "reranker.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: reranker
{{- end }}

{{- define "reranker.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "reranker.fullname" .) .Values.serviceAccount.name }}
{{- else -}}
{{- default "default" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{- define "reranker.clusterId" -}}
{{- default (printf "%s.%s" .Release.Namespace .Release.Name) .Values.cluster.id }}
{{- end }}

{{/* An image's reference: dict "root" $ "registry" … "image" (repository, tag, digest). */}}
{{- define "reranker.image" -}}
{{- $registry := ternary (printf "%s/" .registry) "" (ne .registry "") -}}
{{- if .image.digest -}}
{{- printf "%s%s@%s" $registry .image.repository .image.digest }}
{{- else -}}
{{- printf "%s%s:%s" $registry .image.repository (default .root.Chart.AppVersion .image.tag) }}
{{- end }}
{{- end }}

{{/* Names of pools, as JSON; a pool that a later file of values sets to null is none. */}}
{{- define "reranker.pools" -}}
{{- $names := list -}}
{{- range $name, $pool := .Values.silo.pools }}{{ if not (kindIs "invalid" $pool) }}{{ $names = append $names $name }}{{ end }}{{ end -}}
{{- toJson $names }}
{{- end }}

{{/* A pool with all that it inherits: its own values over `silo` over its profile. dict "root" $ "name" … */}}
{{- define "reranker.pool" -}}
{{- $own := deepCopy (default dict (index .root.Values.silo.pools .name)) -}}
{{- $profileName := default "" $own.profile -}}
{{- $profile := default dict (index .root.Values.resourceProfiles $profileName) -}}
{{- $silo := omit (deepCopy .root.Values.silo) "pools" -}}
{{- $pool := mergeOverwrite $silo $own -}}
{{- range $key := list "engine" "runtimeClassName" -}}
{{- if not (index $pool $key) }}{{ $_ := set $pool $key (default "" (index $profile $key)) }}{{ end -}}
{{- end -}}
{{- range $key := list "resources" "nodeSelector" -}}
{{- $_ := set $pool $key (mergeOverwrite (deepCopy (default dict (index $profile $key))) (default dict (index $pool $key))) -}}
{{- end -}}
{{- if not $pool.tolerations }}{{ $_ := set $pool "tolerations" (default list $profile.tolerations) }}{{ end -}}
{{- if not $pool.engine }}{{ $_ := set $pool "engine" "Auto" }}{{ end -}}
{{- if not $pool.startupBudgetSeconds -}}
{{- $builds := and (eq $pool.engine "TensorRt") (not .root.Values.engineBuild.enabled) -}}
{{- $_ := set $pool "startupBudgetSeconds" (ternary 1800 600 $builds) -}}
{{- end -}}
{{- $least := add $pool.preStopSeconds $pool.shutdownTimeoutSeconds 15 -}}
{{- if not $pool.terminationGracePeriodSeconds }}{{ $_ := set $pool "terminationGracePeriodSeconds" $least }}{{ end -}}
{{- toYaml $pool }}
{{- end }}

{{/* The image and the port of the bundled Redis. */}}
{{- define "reranker.redisName" -}}{{ include "reranker.fullname" . }}-redis{{- end }}

{{- define "reranker.modelClaim" -}}
{{- if eq .Values.model.volume.type "pvc" }}{{ include "reranker.fullname" . }}-models{{ else }}{{ .Values.model.volume.claimName }}{{ end }}
{{- end }}

{{- define "reranker.cacheClaim" -}}
{{- if eq .Values.engineCache.type "pvc" }}{{ include "reranker.fullname" . }}-engines{{ else }}{{ .Values.engineCache.claimName }}{{ end }}
{{- end }}

{{/* Pods of one component. dict "root" $ "component" … "pool" … */}}
{{- define "reranker.podSelector" -}}
{{ include "reranker.selector" .root }}
app.kubernetes.io/component: {{ .component }}
{{- with .pool }}
reranker/pool: {{ . }}
{{- end }}
{{- end }}
