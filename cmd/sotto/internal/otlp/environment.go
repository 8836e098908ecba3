package otlp

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"log/slog"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/http/httpguts"

	"github.com/sotto-render/sotto/redact"
)

// Config is what the environment says of traces. Make one with [Read].
type Config struct {
	endpoint string
	// headers :: name -> value, which may be a key
	headers  map[string]redact.Secret
	timeout  time.Duration
	gzip     bool
	resource []slog.Attr
	sampler  sampler
	// The files of the authority and of the client's certificate and key, or "".
	authority, certificate, key string
	// delay is how long a span waits for others, batchSize how many are sent at once,
	// and queueSize how many wait.
	delay                time.Duration
	batchSize, queueSize int
}

// Read reads the variables of OpenTelemetry by lookup, such as [os.LookupEnv]. It returns
// nil where they ask for no traces: without an endpoint, unless OTEL_TRACES_EXPORTER is
// otlp; with OTEL_SDK_DISABLED=true; and with OTEL_TRACES_EXPORTER=none. What cannot be
// understood is in warnings, which name variables and show no value, and counts as not
// set, as OpenTelemetry has it; a protocol or an exporter that is not spoken here makes no
// traces.
func Read(lookup func(string) (string, bool), version string) (c *Config, warnings []string) {
	e := environment{lookup: lookup}
	endpoint := e.endpoint()
	exporter := e.text("OTEL_TRACES_EXPORTER", "")
	if strings.EqualFold(e.text("OTEL_SDK_DISABLED", ""), "true") || exporter == "none" || endpoint == "" && exporter != "otlp" {
		return nil, e.warnings
	}
	if exporter != "" && exporter != "otlp" {
		e.warn("OTEL_TRACES_EXPORTER", "names an exporter that is not here: otlp or none; no traces are sent")
		return nil, e.warnings
	}
	if name, protocol := e.ofTraces("PROTOCOL"); protocol != "" && protocol != "http/protobuf" {
		e.warn(name, "names a protocol that is not spoken here: http/protobuf alone; no traces are sent")
		return nil, e.warnings
	}
	c = &Config{
		endpoint:  endpoint,
		headers:   e.headers(),
		timeout:   e.milliseconds("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", e.milliseconds("OTEL_EXPORTER_OTLP_TIMEOUT", 10*time.Second)),
		sampler:   e.sampler(),
		resource:  e.resource(version),
		delay:     e.milliseconds("OTEL_BSP_SCHEDULE_DELAY", 5*time.Second),
		queueSize: e.count("OTEL_BSP_MAX_QUEUE_SIZE", 2048),
	}
	c.batchSize = min(e.count("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", 512), c.queueSize)
	_, c.authority = e.ofTraces("CERTIFICATE")
	_, c.certificate = e.ofTraces("CLIENT_CERTIFICATE")
	_, c.key = e.ofTraces("CLIENT_KEY")
	switch name, compression := e.ofTraces("COMPRESSION"); compression {
	case "", "none":
	case "gzip":
		c.gzip = true
	default:
		e.warn(name, "is neither gzip nor none")
	}
	if endpoint == "" {
		c.endpoint = "http://localhost:4318" + tracesPath
	}
	return c, e.warnings
}

const tracesPath = "/v1/traces"

// tls returns what the files of certificates hold, or nil where none is named.
func (c *Config) tls() (*tls.Config, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if c.authority != "" {
		pem, err := os.ReadFile(c.authority)
		config.RootCAs = x509.NewCertPool()
		if err != nil || !config.RootCAs.AppendCertsFromPEM(pem) {
			return nil, errors.New("OTEL_EXPORTER_OTLP_CERTIFICATE names no file with certificates that can be read")
		}
	}
	if c.certificate != "" || c.key != "" {
		pair, err := tls.LoadX509KeyPair(c.certificate, c.key)
		if err != nil {
			return nil, errors.New("OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE and OTEL_EXPORTER_OTLP_CLIENT_KEY name no certificate and its key")
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return config, nil
}

// environment reads variables and collects what is wrong with them.
type environment struct {
	lookup   func(string) (string, bool)
	warnings []string
}

func (e *environment) warn(name, what string) { e.warnings = append(e.warnings, name+" "+what) }

// text returns a variable; one that is empty counts as not set.
func (e *environment) text(name, otherwise string) string {
	if text, _ := e.lookup(name); strings.TrimSpace(text) != "" {
		return strings.TrimSpace(text)
	}
	return otherwise
}

// ofTraces returns a variable of the exporter: that for traces, else that for all signals.
func (e *environment) ofTraces(what string) (name, value string) {
	for _, name = range []string{"OTEL_EXPORTER_OTLP_TRACES_" + what, "OTEL_EXPORTER_OTLP_" + what} {
		if value = e.text(name, ""); value != "" {
			break
		}
	}
	return name, value
}

// endpoint returns where to send, or "". That of all signals is their common beginning.
func (e *environment) endpoint() string {
	name, text := e.ofTraces("ENDPOINT")
	if text == "" {
		return ""
	}
	at, err := url.Parse(text)
	if err != nil || at.Scheme != "http" && at.Scheme != "https" || at.Host == "" {
		e.warn(name, "is no URL with http:// or https://; no traces are sent")
		return ""
	}
	if name == "OTEL_EXPORTER_OTLP_ENDPOINT" {
		return at.JoinPath(tracesPath).String()
	}
	return at.String()
}

// headers reads a list as in `api-key=secret,tenant=a%2Cb`.
func (e *environment) headers() map[string]redact.Secret {
	name, list := e.ofTraces("HEADERS")
	headers := make(map[string]redact.Secret)
	for key, value := range e.pairs(name, list) {
		if !httpguts.ValidHeaderFieldName(key) || !httpguts.ValidHeaderFieldValue(value) {
			e.warn(name, "holds what is no header")
			continue
		}
		headers[key] = redact.NewSecret(value)
	}
	return headers
}

func (e *environment) sampler() sampler {
	const name, argument = "OTEL_TRACES_SAMPLER", "OTEL_TRACES_SAMPLER_ARG"
	ratio := 1.0
	if text := e.text(argument, ""); text != "" {
		given, err := strconv.ParseFloat(text, 64)
		if err != nil || !(given >= 0 && given <= 1) {
			e.warn(argument, "is no number from 0 to 1")
		} else {
			ratio = given
		}
	}
	chosen, known := newSampler(e.text(name, "parentbased_always_on"), ratio)
	if !known {
		e.warn(name, "names no sampler of OpenTelemetry")
		chosen, _ = newSampler("parentbased_always_on", 1)
	}
	return chosen
}

// The names by which collectors call what sends.
const (
	serviceName    = "service.name"
	serviceVersion = "service.version"
)

// resource says who sends: what the variables say, and at least a name and a version.
func (e *environment) resource(version string) []slog.Attr {
	const list = "OTEL_RESOURCE_ATTRIBUTES"
	attributes := map[string]string{serviceName: "sotto", serviceVersion: version}
	for key, value := range e.pairs(list, e.text(list, "")) {
		attributes[key] = value
	}
	attributes[serviceName] = e.text("OTEL_SERVICE_NAME", attributes[serviceName])
	attrs := make([]slog.Attr, 0, len(attributes))
	for key, value := range attributes {
		attrs = append(attrs, slog.String(key, value))
	}
	slices.SortFunc(attrs, func(a, b slog.Attr) int { return strings.Compare(a.Key, b.Key) })
	return attrs
}

// pairs reads `key=value,key=value`, where values are percent-encoded.
func (e *environment) pairs(name, list string) map[string]string {
	pairs := make(map[string]string)
	for pair := range strings.SplitSeq(list, ",") {
		if strings.TrimSpace(pair) == "" {
			continue
		}
		key, value, ok := strings.Cut(pair, "=")
		value, err := url.PathUnescape(strings.TrimSpace(value))
		if key = strings.TrimSpace(key); !ok || err != nil || key == "" {
			e.warn(name, "holds what is not written as key=value")
			continue
		}
		pairs[key] = value
	}
	return pairs
}

// milliseconds reads a time.
func (e *environment) milliseconds(name string, otherwise time.Duration) time.Duration {
	return time.Duration(e.count(name, int(otherwise/time.Millisecond))) * time.Millisecond
}

// count reads a number above 0, of a size that can be kept in memory.
func (e *environment) count(name string, otherwise int) int {
	text := e.text(name, "")
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > 10_000_000 {
		e.warn(name, "is no number from 1 to 10000000")
		return otherwise
	}
	return n
}
