// Package redact keeps secret values out of everything that is not the
// message itself.
//
// Start with [NewSecret], which wraps a value so that no printing verb, logger
// or encoder shows it, and [New], whose [Redactor] finds the values it was
// given in any text, log record, stream or error and writes [Mask] instead.
//
//	text, bytes         Redactor.String, Redactor.Append
//	stream              Redactor.Writer
//	log/slog            Redactor.JSONHandler, TextHandler, Handler
//	log, zap, zerolog   Redactor.Logger, LineWriter; ErrorLog for net/http
//	errors, panics      Redactor.Error, Recovered, Stack, Sprint
//	HTTP events         Redactor.Request, Response, URL, Header, Body, DumpRequest, DumpResponse
//	net/http clients    Client, Transport; Redactor.URLError
//	labels              Redactor.Labels, PprofLabels, Var for expvar
//	OpenTelemetry       module redact/oteltrace; redact/otelcollector for the Collector
//	zap                 module redact/zaplog
//	zerolog             module redact/zerologhook
//	go-redis            module redact/redishook
//
// A value is found as it is, in parts that are secret by themselves, and in what
// usual encoders make of both; docs/threat-model.md lists them, what is left alone
// and what is not found. What a value is made of is told in material.go and the
// parts*.go files, how it is written in encoder_table.go and the form*.go files, how long
// it is known in registry.go and derive.go. Package internal/index finds it, and
// find.go decides what depends on what stands around it.
package redact

// Mask stands wherever a secret value would. It tells neither the length nor
// the name of what it hides.
const Mask = "[REDACTED]"
