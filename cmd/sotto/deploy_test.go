//go:build unix

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/resolver/store/redis/redistest"
)

const deployDir = "../../deploy"

// installed finds what a test runs besides sotto. Where CI is set it must be there.
func installed(t *testing.T, name, pack string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err == nil {
		return path
	}
	if os.Getenv("CI") != "" {
		t.Fatalf("%s is not installed: make setup does it, from the package %s", name, pack)
	}
	t.Skipf("%s is not installed, so this was not tested: it is in the package %s", name, pack)
	return ""
}

// withoutRace leaves to make test what looks at files and at other programs.
func withoutRace(t *testing.T) {
	t.Helper()
	if raceEnabled {
		t.Skip("NOT RUN: it looks at files and at other programs, which make test does")
	}
}

// TestDeployFlags: each flag and variable in the files of deploy/ is one of sotto serve.
func TestDeployFlags(t *testing.T) {
	a, _, _ := testApp()
	known := map[string]bool{}
	for _, flag := range a.serveCommand().Flags {
		known["--"+flag.Names()[0]] = true
		known["SOTTO_"+strings.ToUpper(strings.ReplaceAll(flag.Names()[0], "-", "_"))] = true
	}
	flags := regexp.MustCompile(`(?:^|[\s"'` + "`" + `-])(--[a-z][a-z-]+|SOTTO_[A-Z_]+)`)
	checked := 0
	err := filepath.WalkDir(deployDir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		for line := range strings.Lines(string(text)) {
			if !strings.Contains(line, "sotto") && !regexp.MustCompile(`^\s*(- --|SOTTO_|Environment=|ENV |.*--)`).MatchString(line) || strings.Contains(line, "redis-server") ||
				regexp.MustCompile(`docker|--requirepass|--appendonly|--from|apt|RUN |COPY|systemctl`).MatchString(line) {
				continue
			}
			for _, found := range flags.FindAllStringSubmatch(line, -1) {
				require.True(t, known[found[1]], "%s: %s", path, found[1])
				checked++
			}
		}
		return err
	})
	require.NoError(t, err)
	require.Greater(t, checked, 15)
}

var metricName = regexp.MustCompile(`\bsotto_[a-z_]+[a-z]\b`)

// TestDeployMetrics: each metric of the alert rules and the dashboard is one that a server
// shows.
func TestDeployMetrics(t *testing.T) {
	withoutRace(t)
	t.Parallel()
	dir, a := t.TempDir(), newAuthority(t)
	cert, key := a.issue(t, dir, 1, serverCertificate)
	log, err := os.Create(filepath.Join(dir, "log"))
	require.NoError(t, err)
	s, err := serve(dir, append(os.Environ(), "SOTTO_ADMIN_TOKEN=an-admin-token-of-a-test"), log, "--tls-cert", cert, "--tls-key", key)
	require.NoError(t, err)
	client := a.client(t)
	for path, body := range map[string]string{"/v1/render": `{"template":"<<secrets.none>>"}`, "/v1/render/batch": `{"template":"x","recipients":[{"id":"a"}]}`} {
		request, err := http.NewRequest(http.MethodPost, "https://"+s.address+path, strings.NewReader(body))
		require.NoError(t, err)
		request.Header.Set("Authorization", "Bearer an-admin-token-of-a-test")
		request.Header.Set("Content-Type", "application/json")
		response, err := client.Do(request)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
	}
	response, err := client.Get("https://" + s.address + "/metrics")
	require.NoError(t, err)
	page, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.NoError(t, s.stop())
	shown := map[string]bool{}
	for _, name := range metricName.FindAllString(string(page), -1) {
		shown[name] = true
	}
	for _, file := range []string{"prometheus/alerts.yaml", "prometheus/alerts_test.yaml", "grafana/sotto.json"} {
		text, err := os.ReadFile(filepath.Join(deployDir, file))
		require.NoError(t, err)
		for _, name := range metricName.FindAllString(string(text), -1) {
			require.True(t, shown[name], "%s: %s", file, name)
		}
	}
	var dashboard map[string]any
	text, err := os.ReadFile(filepath.Join(deployDir, "grafana/sotto.json"))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &dashboard))
}

// TestAlertRules: the rules are well formed, and their own tests pass.
func TestAlertRules(t *testing.T) {
	withoutRace(t)
	promtool := installed(t, "promtool", "prometheus")
	for _, args := range [][]string{{"check", "rules", "alerts.yaml"}, {"test", "rules", "alerts_test.yaml"}} {
		command := exec.Command(promtool, args...)
		command.Dir = filepath.Join(deployDir, "prometheus")
		out, err := command.CombinedOutput()
		require.NoError(t, err, string(out))
	}
}

// TestAlertsFire: Prometheus scrapes a server whose Redis dies, and the rules fire that
// tell of it. Only their patience is taken from them.
func TestAlertsFire(t *testing.T) {
	withoutRace(t)
	t.Parallel()
	prometheus := installed(t, "prometheus", "prometheus")
	redis, dir := redistest.Start(t, redistest.Options{}), t.TempDir()
	log, err := os.Create(filepath.Join(dir, "log"))
	require.NoError(t, err)
	s, err := serve(dir, append(os.Environ(), "SOTTO_ADMIN_TOKEN=an-admin-token-of-a-test"), log, "--store", redis.URL, "--cache-ttl", "1s")
	require.NoError(t, err)

	rules, err := os.ReadFile(filepath.Join(deployDir, "prometheus/alerts.yaml"))
	require.NoError(t, err)
	at := filepath.Join(dir, "prometheus")
	require.NoError(t, os.Mkdir(at, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(at, "alerts.yaml"), regexp.MustCompile(`for: \d+m`).ReplaceAll(rules, []byte("for: 0s")), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(at, "prometheus.yml"), fmt.Appendf(nil, `
global: {scrape_interval: 500ms, evaluation_interval: 500ms}
rule_files: [alerts.yaml]
scrape_configs:
  - job_name: sotto
    static_configs: [{targets: ["%s"]}]
`, s.address), 0o600))
	free, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	listen := free.Addr().String()
	require.NoError(t, free.Close())
	command := exec.Command(prometheus, "--config.file="+filepath.Join(at, "prometheus.yml"), "--storage.tsdb.path="+filepath.Join(at, "data"), "--web.listen-address="+listen)
	require.NoError(t, command.Start())
	defer func() {
		require.NoError(t, command.Process.Kill())
		_ = command.Wait() // it was killed
	}()
	firing := func() []string {
		response, err := http.Get("http://" + listen + "/api/v1/alerts")
		if err != nil {
			return nil
		}
		defer func() { _ = response.Body.Close() }()
		var answer struct {
			Data struct {
				Alerts []struct {
					Labels map[string]string
				}
			}
		}
		if json.NewDecoder(response.Body).Decode(&answer) != nil {
			return nil
		}
		var names []string
		for _, alert := range answer.Data.Alerts {
			names = append(names, alert.Labels["alertname"])
		}
		return names
	}
	post := func(path, body string) {
		request, err := http.NewRequest(http.MethodPost, "http://"+s.address+path, strings.NewReader(body))
		require.NoError(t, err)
		request.Header.Set("Authorization", "Bearer an-admin-token-of-a-test")
		request.Header.Set("Content-Type", "application/json")
		if response, err := http.DefaultClient.Do(request); err == nil {
			_ = response.Body.Close()
		}
	}
	// A scope without any secret would not be asked for one.
	post("/v1/secrets", `{"alias":"kept","value":"k-77c0d1e2f3a4"}`)
	asked := 0
	render := func() {
		asked++
		post("/v1/render", fmt.Sprintf(`{"template":"<<secrets.any%d>>"}`, asked))
	}
	require.Eventually(t, func() bool {
		render()
		response, err := http.Get("http://" + listen + "/api/v1/query?query=sotto_http_requests_total")
		if err != nil {
			return false
		}
		defer func() { _ = response.Body.Close() }()
		text, err := io.ReadAll(response.Body)
		return err == nil && strings.Contains(string(text), "/v1/render")
	}, time.Minute, 100*time.Millisecond)
	require.NotContains(t, firing(), "SottoDeaf")
	redis.Kill()
	for _, want := range []string{"SottoDeaf", "SottoProviderFails", "SottoUnavailable"} {
		require.Eventually(t, func() bool { render(); return slices.Contains(firing(), want) }, time.Minute, 100*time.Millisecond, want)
	}
	require.NoError(t, s.stop())
	require.Eventually(t, func() bool { return slices.Contains(firing(), "SottoDown") }, time.Minute, 100*time.Millisecond)
}
