package vault

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
)

var errNoKV = errors.New("what is mounted there is no KV engine: look at mount=")

// engine returns the version of the KV engine, which is asked once. A wrong one would
// find nothing anywhere, and pass for a provider that lacks every secret.
func (p *Provider) engine(ctx context.Context) (int, error) {
	p.mu.Lock()
	version := p.version
	p.mu.Unlock()
	if version != 0 {
		return version, nil
	}
	status, body, err := p.authorised(ctx, func() (int, []byte, error) {
		return p.get(ctx, "sys/internal/ui/mounts/"+p.options.Mount)
	})
	if err != nil {
		return 0, err
	}
	if status != http.StatusOK {
		return 0, statusError(status)
	}
	var answer struct {
		Data struct {
			Type    string            `json:"type"`
			Options map[string]string `json:"options"`
		} `json:"data"`
	}
	if json.Unmarshal(body, &answer) != nil {
		return 0, errAnswer
	}
	switch {
	case answer.Data.Type != "kv" && answer.Data.Type != "generic":
		return 0, errNoKV
	case answer.Data.Options["version"] == "2":
		version = 2
	default:
		version = 1
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.version = version
	return version, nil
}
