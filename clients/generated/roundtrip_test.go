package generated_test

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/go-faster/jx"
	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/clients/generated/oapi"
	"github.com/sotto-render/sotto/clients/generated/ogen"
)

const canary = "tok-4f9a8b2c7d"

// server is the address and the admin token of the one that `make clients` starts.
func server(t *testing.T) (address, token string) {
	address, token = os.Getenv("SOTTO_SERVER"), os.Getenv("SOTTO_TOKEN")
	if address == "" || token == "" {
		t.Fatal("SOTTO_SERVER and SOTTO_TOKEN name no server: run `make clients`")
	}
	return address, token
}

func scope() string { return "go/" + time.Now().Format("20060102150405.000000000")[15:] }

// TestOapiCodegen makes a secret, renders with it, for one and for many, and is refused.
func TestOapiCodegen(t *testing.T) {
	address, token := server(t)
	client, err := oapi.NewClientWithResponses(address, oapi.WithRequestEditorFn(func(_ context.Context, r *http.Request) error {
		r.Header.Set("Authorization", "Bearer "+token)
		return nil
	}))
	require.NoError(t, err)
	where := strings.ReplaceAll(scope(), ".", "a")
	var value any = canary
	made, err := client.CreateSecretWithResponse(t.Context(), &oapi.CreateSecretParams{}, oapi.SecretDraft{Alias: "Key", Value: value, Scope: &where})
	require.NoError(t, err)
	require.NotNil(t, made.JSON201, string(made.Body))
	require.Equal(t, "Key", made.JSON201.Alias)

	template := "Dear {{ name }}, <<Secrets.key>>"
	rendered, err := client.RenderWithResponse(t.Context(), oapi.RenderRequest{Template: &template, Scope: &where, Vars: &map[string]any{"name": "Ada"}})
	require.NoError(t, err)
	require.NotNil(t, rendered.JSON200, string(rendered.Body))
	require.Equal(t, "Dear Ada, "+canary, *rendered.JSON200.Output)

	var first oapi.RecipientID
	require.NoError(t, first.FromRecipientID0("a"))
	vars := map[string]any{"name": "Bob"}
	batch, err := client.RenderBatchWithResponse(t.Context(), &oapi.RenderBatchParams{}, oapi.RenderBatchRequest{
		Template: &template, Scope: &where, Recipients: oapi.Recipients{{Id: &first, Vars: &vars}},
	})
	require.NoError(t, err)
	require.NotNil(t, batch.JSON200, string(batch.Body))
	require.Equal(t, "Dear Bob, "+canary, *batch.JSON200.Results[0].Output)
	require.Equal(t, 1, batch.JSON200.Done.Ok)

	missing := "<<Secrets.nobody>>"
	refused, err := client.RenderWithResponse(t.Context(), oapi.RenderRequest{Template: &missing, Scope: &where})
	require.NoError(t, err)
	require.NotNil(t, refused.ApplicationproblemJSONDefault)
	require.Equal(t, "secret_missing", refused.ApplicationproblemJSONDefault.Code)
	require.Equal(t, "nobody", *(*refused.ApplicationproblemJSONDefault.Errors)[0].Alias)
}

// bearer is who calls.
type bearer string

func (b bearer) Bearer(context.Context, ogen.OperationName) (ogen.Bearer, error) {
	return ogen.Bearer{Token: string(b)}, nil
}

func (b bearer) Cookie(context.Context, ogen.OperationName) (ogen.Cookie, error) {
	return ogen.Cookie{}, nil
}

// TestOgen does the same.
func TestOgen(t *testing.T) {
	address, token := server(t)
	client, err := ogen.NewClient(address, bearer(token))
	require.NoError(t, err)
	where := ogen.NewOptScope(ogen.Scope(strings.ReplaceAll(scope(), ".", "b")))
	value, err := json.Marshal(canary)
	require.NoError(t, err)
	made, err := client.CreateSecret(t.Context(), &ogen.SecretDraft{Alias: "Key", Value: jx.Raw(value), Scope: where}, ogen.CreateSecretParams{})
	require.NoError(t, err)
	require.Equal(t, "Key", made.Response.Alias)

	template := ogen.NewOptString("Dear {{ name }}, <<Secrets.key>>")
	rendered, err := client.Render(t.Context(), &ogen.RenderRequest{
		Template: template, Scope: where, Vars: ogen.NewOptRenderRequestVars(ogen.RenderRequestVars{"name": jx.Raw(`"Ada"`)}),
	})
	require.NoError(t, err)
	require.Equal(t, "Dear Ada, "+canary, rendered.Output.Value)

	answer, err := client.RenderBatch(t.Context(), &ogen.RenderBatchRequest{
		Template: template, Scope: where,
		Recipients: ogen.Recipients{{
			ID:   ogen.NewOptRecipientID(ogen.NewStringRecipientID("a")),
			Vars: ogen.NewOptNilRecipientVars(ogen.RecipientVars{"name": jx.Raw(`"Bob"`)}),
		}},
	}, ogen.RenderBatchParams{})
	require.NoError(t, err)
	batch, ok := answer.(*ogen.RenderedRecipients)
	require.True(t, ok, "%T", answer)
	require.Equal(t, "Dear Bob, "+canary, batch.Results[0].Output.Value)
	require.Equal(t, 1, batch.Done.Value.Ok)

	_, err = client.Render(t.Context(), &ogen.RenderRequest{Template: ogen.NewOptString("<<Secrets.nobody>>"), Scope: where})
	var refused *ogen.ProblemStatusCodeWithHeaders
	require.ErrorAs(t, err, &refused)
	require.Equal(t, 422, refused.StatusCode)
	require.Equal(t, "secret_missing", refused.Response.Code)
	require.Equal(t, "nobody", refused.Response.Errors[0].Alias.Value)
}
