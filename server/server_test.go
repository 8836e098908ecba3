package server_test

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/server"
)

var errBroken = errors.New("connection refused")

func TestUnknownPathsAndMethods(t *testing.T) {
	a := start(t)
	for _, path := range []string{"/", "/v1", "/v1/", "/v1/nope", "/v1/render/", "/v1/render/many", "/console/", "//v1/render", "/v1/../v1/render", "/v1//render"} {
		requireProblem(t, a.call("POST", path, `{}`), 404, "not_found")
	}
	got := a.call("GET", "/v1/render", nil)
	requireProblem(t, got, 405, "invalid_request")
	require.Equal(t, "POST", got.header.Get("Allow"))
	got = a.call("DELETE", "/healthz", nil)
	requireProblem(t, got, 405, "invalid_request")
	require.Equal(t, "GET, HEAD", got.header.Get("Allow"))
	require.Equal(t, 200, a.call("HEAD", "/healthz", nil).status)
}

func TestAnswersTellTheirLength(t *testing.T) {
	a := start(t)
	for _, n := range []int{0, 1, 2000, 2048, 2049, 100_000} {
		t.Run(strconv.Itoa(n), func(t *testing.T) {
			got := a.call("POST", "/v1/render", map[string]any{"template": strings.Repeat("x", n)})
			require.Equal(t, 200, got.status)
			require.Equal(t, strconv.Itoa(len(got.text)), got.header.Get("Content-Length"))
		})
	}
	require.Equal(t, a.call("GET", "/healthz", nil).header.Get("Content-Length"), a.call("HEAD", "/healthz", nil).header.Get("Content-Length"))
}

func TestToken(t *testing.T) {
	a := start(t)
	for _, header := range []string{"", "Bearer", "Bearer ", "Bearer wrong", "Basic " + adminToken, adminToken, "Bearer " + adminToken + "x"} {
		t.Run(header, func(t *testing.T) {
			r, err := http.NewRequest("POST", a.url+"/v1/render", strings.NewReader(`{"template":"x"}`))
			require.NoError(t, err)
			if header != "" {
				r.Header.Set("Authorization", header)
			}
			got := a.do(r)
			requireProblem(t, got, 401, "unauthorized")
			require.Contains(t, got.header.Get("WWW-Authenticate"), "Bearer")
		})
	}
	r, err := http.NewRequest("POST", a.url+"/v1/render", strings.NewReader(`{"template":"x"}`))
	require.NoError(t, err)
	r.Header.Set("Authorization", "bearer  "+adminToken)
	require.Equal(t, 200, a.do(r).status)
	require.NotContains(t, a.log.String(), adminToken)
}

func TestEmptyAdminTokenAdmitsNobody(t *testing.T) {
	a := start(t, func(o *server.Options) { o.AdminToken = redact.Secret{} })
	requireProblem(t, a.as("").call("POST", "/v1/render", `{"template":"x"}`), 401, "unauthorized")
	r, err := http.NewRequest("POST", a.url+"/v1/render", strings.NewReader(`{"template":"x"}`))
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer  ")
	requireProblem(t, a.do(r), 401, "unauthorized")
}

func TestContentTypeDoesNotMatter(t *testing.T) {
	a := start(t)
	for _, kind := range []string{"", "application/json", "application/x-www-form-urlencoded", ";"} {
		t.Run(kind, func(t *testing.T) {
			r, err := http.NewRequest("POST", a.url+"/v1/render", strings.NewReader(`{"template":"x"}`))
			require.NoError(t, err)
			r.Header.Set("Authorization", "Bearer "+adminToken)
			if kind != "" {
				r.Header.Set("Content-Type", kind)
			}
			require.Equal(t, 200, a.do(r).status, kind)
		})
	}
}

func TestAccessLogTellsRoutesOnly(t *testing.T) {
	a := start(t)
	a.call("POST", "/v1/render?token="+canary, `{"template":"`+canary+`"}`)
	a.call("GET", "/"+canary+"?q="+canary, nil)
	logged := a.log.String()
	require.NotContains(t, logged, canary)
	require.Contains(t, logged, `"route":"/v1/render"`)
	require.Contains(t, logged, `"route":"other"`)
	require.Contains(t, logged, `"status":404`)
	require.Contains(t, logged, `"token":"admin"`)
}

func TestMetrics(t *testing.T) {
	a := start(t)
	a.call("POST", "/v1/render", `{"template":"x"}`)
	a.call("POST", "/v1/render", `{`)
	a.call(canary, "/"+canary, nil)
	page := a.call("GET", "/metrics", nil).text
	require.Contains(t, page, `sotto_http_requests_total{method="POST",route="/v1/render",status="200"} 1`)
	require.Contains(t, page, `sotto_http_requests_total{method="other",route="other",status="404"} 1`)
	require.Contains(t, page, `sotto_http_problems_total{code="invalid_request",route="/v1/render"} 1`)
	require.Contains(t, page, `sotto_http_request_duration_seconds_count{route="/v1/render"} 2`)
	require.Contains(t, page, `sotto_work_total{language="liquid",mode="send",operation="render",outcome="ok"} 1`)
	require.Contains(t, page, `sotto_template_cache_lookups_total{result="miss"} 1`)
	require.Contains(t, page, `sotto_build_info{`)
	require.NotContains(t, page, canary)
}

func TestRequestIDsDiffer(t *testing.T) {
	a := start(t)
	first := a.call("GET", "/healthz", nil).header.Get("X-Request-Id")
	second := a.call("GET", "/healthz", nil).header.Get("X-Request-Id")
	require.NotEmpty(t, first)
	require.NotEqual(t, first, second)
}
