{{/* The model that a job imports, and what makes it another one: its name ends with this, so that an upgrade makes a new job. */}}
{{- define "reranker.importName" -}}
{{- $import := .Values.model.import -}}
{{- $hash := sha256sum (toJson (list $import .Values.model.source .Values.model.hub .Values.image.tool .Chart.AppVersion)) | trunc 8 -}}
{{- printf "%s-import-%s" (include "reranker.fullname" .) $hash }}
{{- end }}

{{/* What an engine of a pool is built of: dict "root" $ "name" … "pool" …. */}}
{{- define "reranker.engineHash" -}}
{{- sha256sum (toJson (list .pool.tensorRt .pool.nodeSelector .root.Values.model.models .root.Values.model.precision .root.Values.model.import .root.Values.image.silo .root.Chart.AppVersion)) | trunc 8 }}
{{- end }}

{{/* Containers that end when what a silo needs is there; the image of the silo, which has a shell. */}}
{{- define "reranker.waiting" -}}
{{- $import := .root.Values.model.import }}
{{- $image := include "reranker.image" (dict "root" .root "registry" .root.Values.image.registry "image" .root.Values.image.silo) }}
{{- if $import.enabled }}
- name: wait-for-model
  image: {{ $image }}
  imagePullPolicy: {{ .root.Values.image.pullPolicy }}
  command: [sh, -c, "until [ -f \"$0/manifest.json\" ]; do sleep 2; done", {{ printf "/models/%s" $import.folder | quote }}]
  securityContext:
    {{- include "reranker.containerSecurityContext" .root | nindent 4 }}
  resources:
    {{- include "reranker.smallResources" . | nindent 4 }}
  volumeMounts:
    - name: models
      mountPath: /models
      readOnly: true
{{- end }}
{{- if and .root.Values.engineBuild.enabled (eq .pool.engine "TensorRt") }}
- name: wait-for-engine
  image: {{ $image }}
  imagePullPolicy: {{ .root.Values.image.pullPolicy }}
  command: [sh, -c, "until [ -f \"$0\" ]; do sleep 2; done", {{ printf "/engines/.built-%s-%s" .name (include "reranker.engineHash" .) | quote }}]
  securityContext:
    {{- include "reranker.containerSecurityContext" .root | nindent 4 }}
  resources:
    {{- include "reranker.smallResources" . | nindent 4 }}
  volumeMounts:
    - name: engines
      mountPath: /engines
      readOnly: true
{{- end }}
{{- end }}

{{- define "reranker.smallResources" -}}
requests:
  cpu: "10m"
  memory: "16Mi"
limits:
  memory: "64Mi"
{{- end }}
