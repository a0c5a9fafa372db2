{{/* SPDX-License-Identifier: Apache-2.0 */}}
{{- define "kernelx.labels" -}}
app.kubernetes.io/name: kernelx
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{- define "kernelx.operatorSelector" -}}
app.kubernetes.io/name: kernelx
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: operator
{{- end }}

{{- define "kernelx.image" -}}
{{ .repository }}:{{ .tag }}
{{- end }}
