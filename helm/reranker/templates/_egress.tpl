{{/* What a pod may reach: silos at the given ports, DNS, the bundled store, and what a user adds. dict "root" $ "ports" … */}}
{{- define "reranker.egress" -}}
- to:
    - podSelector:
        matchLabels:
          {{- include "reranker.podSelector" (dict "root" .root "component" "silo") | nindent 10 }}
  ports:
    {{- range .ports }}
    - port: {{ ternary 11111 30000 (eq . "silo") }}
      protocol: TCP
    {{- end }}
- ports:
    - port: 53
      protocol: UDP
    - port: 53
      protocol: TCP
{{- if eq .root.Values.membership.store "bundled" }}
- to:
    - podSelector:
        matchLabels:
          {{- include "reranker.podSelector" (dict "root" .root "component" "redis") | nindent 10 }}
  ports:
    - port: 6379
      protocol: TCP
{{- end }}
{{- with .root.Values.networkPolicy.extraEgress }}
{{ toYaml . }}
{{- end }}
{{- end }}
