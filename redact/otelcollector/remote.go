package otelcollector

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"

	"github.com/sotto-render/sotto/api"
	"github.com/sotto-render/sotto/redact"
)

// remote has a server mask: nobody else knows the values.
type remote struct{ client *api.Client }

// mask sends a line of JSON for each text, which stays one line of JSON.
func (r *remote) mask(ctx context.Context, texts []text) error {
	masked, err := r.lines(ctx, texts)
	if err != nil {
		return err
	}
	if masked == nil && len(texts) > 1 {
		// A value that spans lines took one of them along: each text by itself, then.
		for i := range texts {
			if err := r.mask(ctx, texts[i:i+1]); err != nil {
				return err
			}
		}
		return nil
	}
	for i := range texts {
		switch {
		case masked == nil:
			texts[i].value = redact.Mask
		case masked[i] != strings.ToValidUTF8(texts[i].value, "\ufffd"): // as JSON has it
			texts[i].value = masked[i]
		}
	}
	return nil
}

// errAnswer quotes nothing of what the server sent.
var errAnswer = errors.New("the sotto server did not answer with the texts that it was sent")

// lines returns the masked texts, or nil where they are not as many as were sent.
func (r *remote) lines(ctx context.Context, texts []text) ([]string, error) {
	var in, out bytes.Buffer
	encoder := json.NewEncoder(&in)
	encoder.SetEscapeHTML(false)
	for _, t := range texts {
		if err := encoder.Encode(map[string]string{t.key: t.value}); err != nil {
			return nil, errAnswer
		}
	}
	if err := r.client.RedactStream(ctx, &out, &in); err != nil {
		return nil, err
	}
	masked := make([]string, 0, len(texts))
	reader := bufio.NewReader(&out)
	for {
		line, err := reader.ReadBytes('\n')
		if err != nil {
			break
		}
		var fields map[string]string
		if json.Unmarshal(line, &fields) != nil || len(fields) != 1 {
			return nil, nil
		}
		for _, value := range fields {
			masked = append(masked, value)
		}
	}
	if len(masked) != len(texts) {
		return nil, nil
	}
	return masked, nil
}

func (r *remote) close() {}
