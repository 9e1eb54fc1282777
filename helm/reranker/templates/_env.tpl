{{/* Environment of silos and gateways alike. */}}
{{- define "reranker.sharedEnv" -}}
- name: DOTNET_EnableDiagnostics
  value: "0"
- name: Reranker__Logs
  value: {{ .Values.telemetry.logs }}
- name: Logging__LogLevel__Default
  value: {{ .Values.telemetry.logLevel }}
- name: Reranker__Cluster__ClusterId
  value: {{ include "reranker.clusterId" . | quote }}
- name: Reranker__Cluster__ServiceId
  value: {{ include "reranker.clusterId" . | quote }}
{{- with .Values.cluster.adminSecret }}
- name: Reranker__Cluster__AdminSecret
  valueFrom:
    secretKeyRef:
      name: {{ . }}
      key: {{ $.Values.cluster.adminSecretKey }}
{{- end }}
{{- if .Values.tls.cluster.enabled }}
- name: Reranker__Cluster__Tls__CertificatePath
  value: /tls/cluster/tls.crt
- name: Reranker__Cluster__Tls__KeyPath
  value: /tls/cluster/tls.key
- name: Reranker__Cluster__Tls__CaPath
  value: /tls/cluster/ca.crt
{{- with include "reranker.siloName" . }}
- name: Reranker__Cluster__Tls__SiloName
  value: {{ . | quote }}
{{- end }}
{{- end }}
{{- with .Values.membership }}
- name: Reranker__Clustering
  value: {{ ternary "PostgreSql" "Redis" (eq .store "postgresql") }}
- name: Reranker__Cluster__ConnectionString
{{- if eq .store "bundled" }}
  value: {{ include "reranker.redisName" $ }}:6379
{{- else }}
  valueFrom:
    secretKeyRef:
      name: {{ .existingSecret }}
      key: {{ .key }}
{{- end }}
{{- if eq .store "postgresql" }}
- name: Reranker__Cluster__CreateTables
  value: {{ .createTables | quote }}
{{- end }}
{{- end }}
{{- with .Values.telemetry }}
{{- if .otlpEndpoint }}
- name: OTEL_EXPORTER_OTLP_ENDPOINT
  value: {{ .otlpEndpoint | quote }}
- name: OTEL_EXPORTER_OTLP_PROTOCOL
  value: {{ .otlpProtocol }}
- name: OTEL_TRACES_SAMPLER
  value: parentbased_traceidratio
- name: OTEL_TRACES_SAMPLER_ARG
  value: {{ .sampleShare | quote }}
{{- end }}
{{- end }}
{{- end }}

{{/* Settings that a user gave by name, and environment variables as Kubernetes writes them. */}}
{{- define "reranker.extraEnv" -}}
{{- range $name, $value := .settings }}
- name: {{ $name }}
  value: {{ include "reranker.text" $value | quote }}
{{- end }}
{{- with .extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* Models by name, for silos and jobs. */}}
{{- define "reranker.modelEnv" -}}
{{- $number := 0 }}
{{- range $name, $folder := .Values.model.models }}
- name: Reranker__Models__{{ $number }}__Name
  value: {{ $name | quote }}
- name: Reranker__Models__{{ $number }}__Folder
  value: {{ printf "/models/%s" $folder | quote }}
{{- $number = add1 $number }}
{{- end }}
{{- if not .Values.model.models }}
- name: Reranker__Models__0
  value: /app/models/mini
{{- end }}
{{- with .Values.model.default }}
- name: Reranker__DefaultModel
  value: {{ . | quote }}
{{- end }}
{{- with .Values.model.precision }}
- name: Reranker__Precision
  value: {{ . | quote }}
{{- end }}
{{- end }}

{{/* dict "root" $ "pool" … : what one pool's silos are told. */}}
{{- define "reranker.siloEnv" -}}
- name: ASPNETCORE_URLS
  value: http://*:8080
- name: Reranker__Cluster__AdvertisedAddress
  valueFrom:
    fieldRef:
      fieldPath: status.podIP
- name: Reranker__Engine
  value: {{ .pool.engine }}
{{- with .pool.devices }}
- name: Reranker__Devices
  value: {{ . | quote }}
{{- end }}
{{- if .pool.tokenizerThreads }}
- name: Reranker__TokenizerThreads
  value: {{ .pool.tokenizerThreads | quote }}
{{- end }}
- name: Reranker__RequestMemory__MaxBytes
  value: {{ .pool.requestMemoryBytes | int64 | quote }}
- name: Reranker__ShutdownTimeout
  value: {{ printf "%ds" (int .pool.shutdownTimeoutSeconds) }}
- name: Reranker__TensorRt__EngineCache
  value: /engines
{{- if eq .pool.engine "TensorRt" }}
- name: Reranker__TensorRt__Build
  value: {{ not .root.Values.engineBuild.enabled | quote }}
{{- with .pool.tensorRt }}
- name: Reranker__TensorRt__BuilderLevel
  value: {{ .builderLevel | quote }}
{{- range $name := list "MinRows" "MinLength" "OptRows" "OptLength" "MaxRows" "MaxLength" }}
- name: Reranker__TensorRt__Profile__{{ $name }}
  value: {{ index $.pool.tensorRt (untitle $name) | quote }}
{{- end }}
{{- end }}
{{- end }}
{{- if .root.Values.model.loadAtRunTime }}
- name: Reranker__ModelsRoot
  value: /models
{{- end }}
- name: XDG_CACHE_HOME
  value: /engines/cache
- name: CUDA_CACHE_PATH
  value: /engines/cuda
{{- end }}

{{- define "reranker.gatewayEnv" -}}
- name: ASPNETCORE_URLS
  value: {{ include "reranker.gatewayScheme" . }}://*:8080
{{- if .Values.tls.http.enabled }}
- name: Kestrel__Certificates__Default__Path
  value: /tls/http/tls.crt
- name: Kestrel__Certificates__Default__KeyPath
  value: /tls/http/tls.key
{{- end }}
{{- with include "reranker.grpcPort" . }}
- name: Gateway__Grpc__Url
  value: http://*:{{ . }}
{{- end }}
{{- if .Values.gateway.grpc.reflection }}
- name: Gateway__Grpc__Reflection
  value: "true"
{{- end }}
{{- with .Values.gateway }}
- name: Gateway__MaxDeadline
  value: {{ printf "%ds" (int .maxDeadlineSeconds) }}
- name: Gateway__DefaultDeadline
  value: {{ printf "%ds" (int .defaultDeadlineSeconds) }}
- name: Gateway__MaxBodyBytesInFlight
  value: {{ .maxBodyBytesInFlight | int64 | quote }}
- name: Gateway__DrainDelay
  value: {{ printf "%ds" (int .drainDelaySeconds) }}
- name: Gateway__ShutdownTimeout
  value: {{ printf "%ds" (int .shutdownTimeoutSeconds) }}
{{- range $number, $alias := .modelAliases }}
- name: Gateway__ModelAliases__{{ $number }}__Name
  value: {{ $alias.name | quote }}
- name: Gateway__ModelAliases__{{ $number }}__Target
  value: {{ default "" $alias.target | quote }}
{{- end }}
{{- range $number, $origin := .corsOrigins }}
- name: Gateway__CorsOrigins__{{ $number }}
  value: {{ $origin | quote }}
{{- end }}
{{- range $number, $key := .apiKeys.keys }}
- name: Gateway__ApiKeys__{{ $number }}__Tenant
  value: {{ $key.tenant | quote }}
- name: Gateway__ApiKeys__{{ $number }}__Key
  valueFrom:
    secretKeyRef:
      name: {{ $key.existingSecret }}
      key: {{ $key.key }}
{{- with $key.tokensPerMinute }}
- name: Gateway__ApiKeys__{{ $number }}__TokensPerMinute
  value: {{ . | int64 | quote }}
{{- end }}
{{- with $key.tokenBurst }}
- name: Gateway__ApiKeys__{{ $number }}__TokenBurst
  value: {{ . | int64 | quote }}
{{- end }}
{{- with $key.maxConcurrentRequests }}
- name: Gateway__ApiKeys__{{ $number }}__MaxConcurrentRequests
  value: {{ . | int64 | quote }}
{{- end }}
{{- with $key.priority }}
- name: Gateway__ApiKeys__{{ $number }}__Priority
  value: {{ . }}
{{- end }}
{{- end }}
{{- if .apiKeys.keys }}
- name: Gateway__MinGateways
  value: {{ ternary .replicas .autoscaling.minReplicas (eq .autoscaling.kind "none") | int | max 1 | quote }}
{{- end }}
{{- with .admin.existingSecret }}
- name: Gateway__AdminKey
  valueFrom:
    secretKeyRef:
      name: {{ . }}
      key: {{ $.Values.gateway.admin.key }}
{{- end }}
{{- end }}
{{- end }}
