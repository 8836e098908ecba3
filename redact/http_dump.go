package redact

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"slices"
)

// DumpRequest returns a request as text for debugging, like httputil.DumpRequestOut, but
// redacted: its line, its headers, and with body the first 64 KiB of its body, unpacked as
// [Redactor.Body] does. The request can be sent afterwards: what was read of its body stands
// before the rest again. An error of reading the body comes redacted.
func (r *Redactor) DumpRequest(req *http.Request, body bool) ([]byte, error) {
	var out bytes.Buffer
	method := req.Method
	if method == "" {
		method = http.MethodGet
	}
	fmt.Fprintf(&out, "%s %s %s\r\n", r.String(method), r.URL(req.URL), r.String(req.Proto))
	if req.Host != "" {
		fmt.Fprintf(&out, "Host: %s\r\n", r.String(req.Host))
	}
	return r.dump(&out, req.Header, req.Trailer, &req.Body, body)
}

// DumpResponse is [Redactor.DumpRequest] for a response.
func (r *Redactor) DumpResponse(resp *http.Response, body bool) ([]byte, error) {
	var out bytes.Buffer
	fmt.Fprintf(&out, "%s %s\r\n", r.String(resp.Proto), r.String(resp.Status))
	return r.dump(&out, resp.Header, resp.Trailer, &resp.Body, body)
}

// dump appends headers, body and trailers to out.
func (r *Redactor) dump(out *bytes.Buffer, header, trailer http.Header, body *io.ReadCloser, withBody bool) ([]byte, error) {
	r.dumpHeader(out, header)
	out.WriteString("\r\n")
	if !withBody || *body == nil || *body == http.NoBody {
		return out.Bytes(), nil
	}
	// More than is shown, so that no value is cut at the end.
	start, err := io.ReadAll(io.LimitReader(*body, 2*maxBody))
	*body = &resumed{io.MultiReader(bytes.NewReader(start), *body), *body}
	if err != nil {
		return nil, r.Error(err)
	}
	out.WriteString(r.Body(header, start))
	if len(trailer) > 0 {
		out.WriteString("\r\n")
		r.dumpHeader(out, trailer)
	}
	return out.Bytes(), nil
}

func (r *Redactor) dumpHeader(out *bytes.Buffer, header http.Header) {
	clean := r.Header(header)
	names := make([]string, 0, len(clean))
	for name := range clean {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		for _, value := range clean[name] {
			fmt.Fprintf(out, "%s: %s\r\n", name, value)
		}
	}
}

// resumed is a body of which the beginning was read.
type resumed struct {
	io.Reader
	io.Closer
}
