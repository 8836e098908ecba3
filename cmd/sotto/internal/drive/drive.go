// Package drive sends requests to a server as many clients would, and tells how it
// answered. It is what `sotto bench` does.
package drive

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sotto-render/sotto/api"
	"github.com/sotto-render/sotto/redact"
)

// Options are the load.
type Options struct {
	// Server is the URL of the server, Token its token's text; Scope may be "".
	Server string
	Token  redact.Secret
	Scope  string
	// Rate is how many requests are sent in a second, each at its time; 0 sends the
	// next one of a connection as soon as its last was answered.
	Rate        int
	Connections int
	// Recipients are those of each batch.
	Recipients int
	Duration   time.Duration
	Mix        Mix
	Template   string
	Expression string
	// Tick, if not nil, is told each second that went by.
	Tick func(second int)
}

// sample is one request that was answered, or failed.
type sample struct {
	// at is when it was to be sent, after the start; took is counted from there, so that
	// what waited for a slow answer counts too.
	at, took time.Duration
	// failed is "" for success.
	failed     string
	recipients int
}

// answerTime bounds one request.
const answerTime = 30 * time.Second

// Run drives the server until Duration is over or ctx ends, and returns what it saw. An
// error is about what was asked for; what the server answers is in the report.
func Run(ctx context.Context, o Options) (*Report, error) {
	requests, err := o.requests()
	if err != nil {
		return nil, err
	}
	transport := &http.Transport{MaxIdleConnsPerHost: o.Connections, MaxConnsPerHost: o.Connections, DisableCompression: true}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport, Timeout: answerTime}
	ctx, cancel := context.WithTimeout(ctx, o.Duration)
	defer cancel()
	start := time.Now()
	due := o.schedule(ctx, start)
	var wait sync.WaitGroup
	var turn atomic.Uint64
	samples := make([][]sample, o.Connections)
	for i := range samples {
		wait.Go(func() {
			for {
				at, ok := due()
				if !ok {
					return
				}
				r := requests[(turn.Add(1)-1)%uint64(len(requests))]
				s := sample{at: at, failed: r.send(client, o.Token.Reveal())}
				if s.took = time.Since(start) - at; r.batch && s.failed == "" {
					s.recipients = o.Recipients
				}
				samples[i] = append(samples[i], s)
			}
		})
	}
	if o.Tick != nil {
		wait.Go(func() { tick(ctx, o.Tick) })
	}
	wait.Wait()
	return report(slices.Concat(samples...), time.Since(start)), nil
}

// schedule returns what says when the next request is to be sent, after the start.
func (o *Options) schedule(ctx context.Context, start time.Time) func() (time.Duration, bool) {
	if o.Rate == 0 {
		return func() (time.Duration, bool) { return time.Since(start), ctx.Err() == nil }
	}
	var mu sync.Mutex
	sent := 0
	return func() (time.Duration, bool) {
		mu.Lock()
		at := time.Duration(sent) * time.Second / time.Duration(o.Rate)
		sent++
		mu.Unlock()
		if at >= o.Duration {
			return 0, false
		}
		select {
		case <-ctx.Done():
			return 0, false
		case <-time.After(time.Until(start.Add(at))):
			return at, true
		}
	}
}

func tick(ctx context.Context, tell func(int)) {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for second := 1; ; second++ {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			tell(second)
		}
	}
}

// request is one kind of request of the mix, ready to be sent again and again.
type request struct {
	url, contentType string
	body             []byte
	// batch says that it has recipients, each of which may fail.
	batch bool
}

// requests are those of the mix, each kind as often as it says.
func (o *Options) requests() ([]*request, error) {
	vars := map[string]any{"name": "Ada", "order": 4711}
	var all []*request
	for _, part := range o.Mix {
		r := &request{contentType: "application/json"}
		body := map[string]any{"vars": vars}
		if o.Scope != "" {
			body["scope"] = o.Scope
		}
		path := "/v1/render"
		switch part.Kind {
		case "preview", "render":
			body["template"] = o.Template
			body["mode"] = map[string]string{"preview": "preview", "render": "send"}[part.Kind]
		case "evaluate":
			path, body["expression"] = "/v1/evaluate", o.Expression
		case "redact":
			path = "/v1/redact"
			delete(body, "vars")
			body["text"] = "2026-01-02T03:04:05Z level=info msg=\"sent to Ada, order 4711\" status=200"
		case "batch":
			path, r.contentType, r.batch = "/v1/render/batch", "application/x-ndjson", true
			delete(body, "vars")
			body["template"] = o.Template
		}
		encoded, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		if r.batch {
			lines := append(encoded, '\n')
			for i := range o.Recipients {
				line, err := json.Marshal(map[string]any{"id": "r" + strconv.Itoa(i), "vars": vars})
				if err != nil {
					return nil, err
				}
				lines = append(append(lines, line...), '\n')
			}
			encoded = lines
		}
		r.body, r.url = encoded, o.Server+path
		if _, err := http.NewRequest(http.MethodPost, r.url, nil); err != nil {
			return nil, errors.New("the server's URL cannot be used")
		}
		for range part.Weight {
			all = append(all, r)
		}
	}
	return all, nil
}

// send sends the request and returns what was wrong with the answer, or "". It shows
// nothing that the server sent but its code.
func (r *request) send(client *http.Client, token string) string {
	// Not the context of the run: what was sent in time is waited for.
	request, err := http.NewRequest(http.MethodPost, r.url, bytes.NewReader(r.body))
	if err != nil {
		return "no request"
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Content-Type", r.contentType)
	response, err := client.Do(request)
	if err != nil {
		return "no answer"
	}
	defer func() { _ = response.Body.Close() }() // only read from
	if response.StatusCode != http.StatusOK {
		var problem struct {
			Code api.Code `json:"code"`
		}
		_ = json.NewDecoder(io.LimitReader(response.Body, 64<<10)).Decode(&problem)
		_, _ = io.Copy(io.Discard, response.Body)
		return strconv.Itoa(response.StatusCode) + " " + cmp.Or(known(problem.Code), "another answer")
	}
	if !r.batch {
		if _, err := io.Copy(io.Discard, response.Body); err != nil {
			return "an answer that broke off"
		}
		return ""
	}
	last, err := lastLine(response.Body)
	var done struct {
		Done *struct {
			Failed int `json:"failed"`
		} `json:"done"`
	}
	switch {
	case err != nil || json.Unmarshal(last, &done) != nil || done.Done == nil:
		return "a batch that broke off"
	case done.Done.Failed > 0:
		return "a batch with failed recipients"
	}
	return ""
}

// known returns code if it is spelled as codes are: a foreign server may send anything.
func known(code api.Code) string {
	if len(code) == 0 || len(code) > 40 {
		return ""
	}
	for _, c := range []byte(code) {
		if c != '_' && (c < 'a' || c > 'z') {
			return ""
		}
	}
	return string(code)
}

// maxLine bounds a line of a batch's answer.
const maxLine = 16 << 20

// lastLine reads to the end and returns the last line.
func lastLine(from io.Reader) ([]byte, error) {
	var last []byte
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, maxLine)
	for lines.Scan() {
		last = append(last[:0], lines.Bytes()...)
	}
	return last, lines.Err()
}
