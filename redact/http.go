package redact

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
)

// maxBody is how much of a body is shown, and how much of a compressed one is
// unpacked.
const maxBody = 64 << 10

// credentialHeaders are masked whole, known value or not: what they carry may
// have been made elsewhere.
var credentialHeaders = map[string]bool{
	"Authorization": true, "Proxy-Authorization": true, "Cookie": true, "Set-Cookie": true,
	"X-Api-Key": true, "X-Auth-Token": true, "X-Vault-Token": true,
}

// Request returns a view of a request that can be logged: its method, URL,
// headers and body, redacted. body is what was read of it, or nil.
func (r *Redactor) Request(req *http.Request, body []byte) slog.Value {
	return slog.GroupValue(
		slog.String("method", r.String(req.Method)),
		slog.String("url", r.URL(req.URL)),
		slog.String("host", r.String(req.Host)),
		slog.Any("header", r.Header(req.Header)),
		slog.String("body", r.Body(req.Header, body)),
		slog.Any("trailer", r.Header(req.Trailer)),
	)
}

// Response is Request for a response. The request it answers is not shown.
func (r *Redactor) Response(resp *http.Response, body []byte) slog.Value {
	return slog.GroupValue(
		slog.String("status", r.String(resp.Status)),
		slog.Any("header", r.Header(resp.Header)),
		slog.String("body", r.Body(resp.Header, body)),
		slog.Any("trailer", r.Header(resp.Trailer)),
	)
}

// URL returns u redacted. User information is masked whole. A path segment, a
// query parameter or a fragment is masked whole if it is a known value in any
// percent-encoding.
func (r *Redactor) URL(u *url.URL) string {
	if u == nil {
		return ""
	}
	var b strings.Builder
	if u.Scheme != "" {
		b.WriteString(u.Scheme + ":")
	}
	b.WriteString(r.encoded(u.Opaque, url.PathUnescape))
	if u.Host != "" || u.User != nil {
		b.WriteString("//")
	}
	if u.User != nil {
		b.WriteString(Mask + "@")
	}
	b.WriteString(u.Host)
	for i, segment := range strings.Split(u.EscapedPath(), "/") {
		if i > 0 {
			b.WriteByte('/')
		}
		b.WriteString(r.encoded(segment, url.PathUnescape))
	}
	if u.RawQuery != "" || u.ForceQuery {
		b.WriteByte('?')
	}
	for i, parameter := range strings.Split(u.RawQuery, "&") {
		if i > 0 {
			b.WriteByte('&')
		}
		key, value, found := strings.Cut(parameter, "=")
		b.WriteString(r.encoded(key, url.QueryUnescape))
		if found {
			b.WriteString("=" + r.encoded(value, url.QueryUnescape))
		}
	}
	if u.Fragment != "" {
		b.WriteString("#" + r.encoded(u.EscapedFragment(), url.PathUnescape))
	}
	// Once more as a whole: a value may contain separators.
	return r.String(b.String())
}

func (r *Redactor) encoded(text string, decode func(string) (string, error)) string {
	if plain, err := decode(text); err != nil || plain != text && !r.clean(plain) {
		return Mask
	}
	return r.String(text)
}

// Header returns a redacted copy of h. Headers that carry credentials are
// masked whole but for the scheme, such as Bearer.
func (r *Redactor) Header(h http.Header) http.Header {
	out := make(http.Header, len(h))
	for name, values := range h {
		name := r.String(name)
		for _, v := range values {
			if credentialHeaders[http.CanonicalHeaderKey(name)] {
				v = r.credential(v)
			}
			out[name] = append(out[name], r.String(v))
		}
	}
	return out
}

func (r *Redactor) credential(v string) string {
	switch scheme, _, _ := strings.Cut(v, " "); strings.ToLower(scheme) {
	case "basic", "bearer", "digest", "negotiate":
		return scheme + " " + Mask
	}
	return Mask
}

// Body returns a redacted text of body: unpacked if its Content-Encoding is
// gzip or deflate, masked whole if it is another or cannot be unpacked, and
// percent-decoded too if it is a form. At most 64 KiB are shown.
func (r *Redactor) Body(h http.Header, body []byte) string {
	text, err := unpack(h.Get("Content-Encoding"), body)
	if err != nil {
		return Mask
	}
	clean := r.Append(nil, text)
	if strings.HasPrefix(h.Get("Content-Type"), "application/x-www-form-urlencoded") {
		clean = []byte(strings.TrimPrefix(r.URL(&url.URL{RawQuery: string(text)}), "?"))
	}
	if len(clean) > maxBody {
		return string(clean[:maxBody]) + "..."
	}
	return string(clean)
}

func unpack(encoding string, body []byte) ([]byte, error) {
	var unpacked io.Reader
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "", "identity":
		return body, nil
	case "gzip", "x-gzip":
		z, err := gzip.NewReader(bytes.NewReader(body))
		if err != nil {
			return nil, err
		}
		unpacked = z
	case "deflate":
		if z, err := zlib.NewReader(bytes.NewReader(body)); err == nil {
			unpacked = z
		} else {
			unpacked = flate.NewReader(bytes.NewReader(body))
		}
	default:
		return nil, http.ErrNotSupported
	}
	// More than is shown, so that no value is cut at the end.
	text, err := io.ReadAll(io.LimitReader(unpacked, 2*maxBody))
	if len(text) == 0 && len(body) > 0 && err != nil {
		return nil, err
	}
	return text, nil
}
