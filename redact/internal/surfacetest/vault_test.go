package surfacetest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/hashicorp/vault/api"
	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/redact"
)

// TestErrorsOfVaultAreRedacted lets a Vault quote what it was sent.
func TestErrorsOfVaultAreRedacted(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprintf(w, `{"errors":["bad token %s for %s"]}`, r.Header.Get("X-Vault-Token"), r.URL.Path)
	}))
	defer server.Close()
	const token = "hvs.canary-4f9a8b2c7d"
	config := api.DefaultConfig()
	config.Address, config.MaxRetries = server.URL, 0
	client, err := api.NewClient(config)
	require.NoError(t, err)
	client.SetToken(token)

	_, cause := client.KVv2("secret").Get(context.Background(), "path/"+token)
	require.ErrorContains(t, cause, token)
	err = redact.New(redact.NewSecret(token)).Error(fmt.Errorf("read: %w", cause))
	var reply *api.ResponseError
	require.ErrorAs(t, err, &reply)
	require.Equal(t, http.StatusBadRequest, reply.StatusCode)
	for e := err; e != nil; e = errors.Unwrap(e) {
		require.NotContains(t, fmt.Sprintf("%v %+v %#v", e, e, e), "4f9a8b2c7d")
	}
}
