{{/*
A job's name ends with what its pod is made of: the pod of a job that is there cannot be changed, so that an upgrade that changes anything of it makes
a new job. dict "root" $ "what" … "pod" (rendered)
*/}}
{{- define "reranker.jobName" -}}
{{- printf "%s-%s" (printf "%s-%s" (include "reranker.fullname" .root) .what | trunc 54 | trimSuffix "-") (sha256sum (toJson (list .what .pod)) | trunc 8) }}
{{- end }}

{{- define "reranker.importName" -}}
{{- include "reranker.jobName" (dict "root" . "what" "import" "pod" (include "reranker.importPod" .)) }}
{{- end }}

{{/* What an engine of a pool is built of: dict "root" $ "name" … "pool" …. */}}
{{- define "reranker.engineHash" -}}
{{- sha256sum (toJson (list .pool.tensorRt .pool.nodeSelector .pool.affinity .pool.resources.limits .root.Values.model.models .root.Values.model.precision .root.Values.model.import .root.Values.image.silo .root.Chart.AppVersion)) | trunc 8 }}
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

{{/* Seconds within which a silo of a pool is there, those included that it waits for the jobs before it. dict "root" $ "pool" … */}}
{{- define "reranker.progressSeconds" -}}
{{- $jobs := 0 -}}
{{- with .root.Values.model.import }}{{ if .enabled }}{{ $jobs = add $jobs .activeDeadlineSeconds }}{{ end }}{{ end -}}
{{- with .root.Values.engineBuild }}{{ if and .enabled (eq $.pool.engine "TensorRt") }}{{ $jobs = add $jobs .activeDeadlineSeconds }}{{ end }}{{ end -}}
{{- add .pool.startupBudgetSeconds .pool.terminationGracePeriodSeconds .pool.minReadySeconds $jobs 60 -}}
{{- end }}
