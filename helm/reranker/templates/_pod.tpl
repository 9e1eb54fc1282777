{{/* What every pod of ours has in common. */}}
{{- define "reranker.podSecurityContext" -}}
runAsNonRoot: true
runAsUser: {{ .Values.podSecurity.runAsUser }}
runAsGroup: {{ .Values.podSecurity.runAsUser }}
fsGroup: {{ .Values.podSecurity.fsGroup }}
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "reranker.containerSecurityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
privileged: false
capabilities:
  drop: [ALL]
{{- end }}

{{- define "reranker.podHead" -}}
serviceAccountName: {{ include "reranker.serviceAccount" . }}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
{{- range . }}
  - name: {{ . }}
{{- end }}
{{- end }}
securityContext:
  {{- include "reranker.podSecurityContext" . | nindent 2 }}
{{- end }}

{{/* dict "root" $ "component" … "pool" … "when" ScheduleAnyway|DoNotSchedule */}}
{{- define "reranker.spread" -}}
{{- $all := . -}}
{{- range $key := list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
- maxSkew: 1
  topologyKey: {{ $key }}
  whenUnsatisfiable: {{ $all.when }}
  labelSelector:
    matchLabels:
      {{- include "reranker.podSelector" $all | nindent 6 }}
{{- end }}
{{- end }}

{{/* A probe of a path. dict "path" … "probes" … "threshold" … and, where it is not http, "scheme" … */}}
{{- define "reranker.probe" -}}
httpGet:
  path: {{ .path }}
  port: http
  {{- if eq (default "http" .scheme) "https" }}
  scheme: HTTPS
  {{- end }}
periodSeconds: {{ .probes.periodSeconds }}
timeoutSeconds: {{ .probes.timeoutSeconds }}
failureThreshold: {{ .threshold }}
{{- end }}

{{/* Where models lie in a container of a silo or job. */}}
{{- define "reranker.modelVolume" -}}
- name: models
{{- with .Values.model.volume }}
{{- if or (eq .type "pvc") (eq .type "existingClaim") }}
  persistentVolumeClaim:
    claimName: {{ include "reranker.modelClaim" $ }}
{{- else if eq .type "hostPath" }}
  hostPath:
    path: {{ .hostPath }}
    type: Directory
{{- else if eq .type "image" }}
  image:
    reference: {{ .imageReference }}
    pullPolicy: {{ $.Values.image.pullPolicy }}
{{- end }}
{{- end }}
{{- end }}

{{- define "reranker.cacheVolume" -}}
- name: engines
{{- with .Values.engineCache }}
{{- if or (eq .type "pvc") (eq .type "existingClaim") }}
  persistentVolumeClaim:
    claimName: {{ include "reranker.cacheClaim" $ }}
{{- else if eq .type "hostPath" }}
  hostPath:
    path: {{ .hostPath }}
    type: DirectoryOrCreate
{{- else }}
  emptyDir:
    sizeLimit: {{ .size | quote }}
{{- end }}
{{- end }}
{{- end }}

{{/* Requests and limits, with quantities as strings: some servers refuse bare numbers. */}}
{{- define "reranker.resources" -}}
{{- range $kind, $list := . }}
{{ $kind }}:
{{- range $name, $quantity := $list }}
  {{ $name }}: {{ include "reranker.text" $quantity | quote }}
{{- end }}
{{- end }}
{{- end }}

{{/* A pod that is not ready serves nobody: it must not keep a node from being drained, as it would where more of them are away than may be. */}}
{{- define "reranker.unhealthyEviction" -}}
{{- if semverCompare ">=1.27.0-0" .Capabilities.KubeVersion.Version -}}
unhealthyPodEvictionPolicy: AlwaysAllow
{{- end -}}
{{- end }}
