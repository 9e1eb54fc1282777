{{/* TLS: names of secrets, and where they are in a container. Mounted as folders, since a file of its own would not follow its secret. */}}
{{/* Port of gateways for gRPC alone; empty where there is none: without gRPC, and with TLS, which says what a connection speaks. */}}
{{- define "reranker.grpcPort" -}}
{{- if and .Values.gateway.grpc.enabled (not .Values.tls.http.enabled) }}8081{{ end -}}
{{- end }}

{{- define "reranker.gatewayScheme" -}}{{ ternary "https" "http" .Values.tls.http.enabled }}{{- end }}

{{- define "reranker.httpSecret" -}}
{{- default (printf "%s-http-tls" (include "reranker.fullname" .)) .Values.tls.http.existingSecret }}
{{- end }}

{{- define "reranker.siloSecret" -}}
{{- default (printf "%s-silo-tls" (include "reranker.fullname" .)) .Values.tls.cluster.siloSecret }}
{{- end }}

{{- define "reranker.gatewaySecret" -}}
{{- if .Values.tls.cluster.gatewaySecret -}}
{{- .Values.tls.cluster.gatewaySecret }}
{{- else if .Values.tls.certManager.enabled -}}
{{- printf "%s-gateway-tls" (include "reranker.fullname" .) }}
{{- else -}}
{{- include "reranker.siloSecret" . }}
{{- end }}
{{- end }}

{{/* The name that only silos have; empty where silos and gateways share a certificate. */}}
{{- define "reranker.siloName" -}}
{{- if .Values.tls.cluster.siloName -}}
{{- .Values.tls.cluster.siloName }}
{{- else if .Values.tls.certManager.enabled -}}
{{- printf "silo.%s.%s.internal" (include "reranker.fullname" .) .Release.Namespace }}
{{- end }}
{{- end }}

{{/* dict "root" $ "secret" … (of the cluster) "http" true|false */}}
{{- define "reranker.tlsMounts" -}}
{{- if .root.Values.tls.cluster.enabled }}
- name: tls-cluster
  mountPath: /tls/cluster
  readOnly: true
{{- end }}
{{- if and .http .root.Values.tls.http.enabled }}
- name: tls-http
  mountPath: /tls/http
  readOnly: true
{{- end }}
{{- end }}

{{- define "reranker.tlsVolumes" -}}
{{- if .root.Values.tls.cluster.enabled }}
- name: tls-cluster
  secret:
    secretName: {{ .secret }}
    defaultMode: 0440
{{- end }}
{{- if and .http .root.Values.tls.http.enabled }}
- name: tls-http
  secret:
    secretName: {{ include "reranker.httpSecret" .root }}
    defaultMode: 0440
{{- end }}
{{- end }}
