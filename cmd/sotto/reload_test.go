//go:build unix

package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// authority signs the certificates of a test.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "authority"}, IsCA: true, BasicConstraintsValid: true,
		NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageCertSign,
	}
	a.certificate, a.key = sign(t, template, nil)
	return a
}

func (a *authority) pem() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.certificate.Raw})
}

func sign(t *testing.T, template *x509.Certificate, by *authority) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	parent, parentKey := template, key
	if by != nil {
		parent, parentKey = by.certificate, by.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), parentKey)
	require.NoError(t, err)
	certificate, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	return certificate, key
}

// issue writes a certificate and its key, whole, over those that are there.
func (a *authority) issue(t *testing.T, dir string, serial int64, template x509.Certificate) (cert, key string) {
	t.Helper()
	template.SerialNumber, template.NotAfter = big.NewInt(serial), time.Now().Add(time.Duration(serial)*time.Hour)
	made, private := sign(t, &template, a)
	der, err := x509.MarshalPKCS8PrivateKey(private)
	require.NoError(t, err)
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for file, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: made.Raw}, key: {Type: "PRIVATE KEY", Bytes: der}} {
		require.NoError(t, os.WriteFile(file+".new", pem.EncodeToMemory(block), 0o600))
		require.NoError(t, os.Rename(file+".new", file))
	}
	return cert, key
}

var serverCertificate = x509.Certificate{DNSNames: []string{"localhost"}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}

// client returns one that knows the authority, and shows a certificate if it has one.
func (a *authority) client(t *testing.T, shown ...tls.Certificate) *http.Client {
	t.Helper()
	roots := x509.NewCertPool()
	roots.AddCert(a.certificate)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, ServerName: "localhost", Certificates: shown}, DisableKeepAlives: true}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// serial is that of the certificate which the server shows.
func serial(t *testing.T, client *http.Client, address string) int64 {
	t.Helper()
	response, err := client.Get("https://" + address + "/healthz")
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	return response.TLS.PeerCertificates[0].SerialNumber.Int64()
}

// TestReload: a server takes a new certificate, a new level and what a provider's files
// hold, when it is told and when files change; what is broken changes nothing.
func TestReload(t *testing.T) {
	t.Parallel()
	dir, a := t.TempDir(), newAuthority(t)
	cert, key := a.issue(t, dir, 1, serverCertificate)
	level := filepath.Join(dir, "level")
	require.NoError(t, os.WriteFile(level, []byte("warn\n"), 0o600))
	logFile := filepath.Join(dir, "log")
	log, err := os.Create(logFile)
	require.NoError(t, err)
	s, err := serve(dir, append(os.Environ(), "SOTTO_ADMIN_TOKEN=an-admin-token-of-a-test"), log,
		"--tls-cert", cert, "--tls-key", key, "--log-level-file", level, "--log-format", "json")
	require.NoError(t, err)
	client := a.client(t)
	logged := func(word string) func() bool {
		return func() bool {
			text, err := os.ReadFile(logFile)
			return err == nil && bytes.Contains(text, []byte(word))
		}
	}
	require.EqualValues(t, 1, serial(t, client, s.address))
	text, err := os.ReadFile(logFile)
	require.NoError(t, err)
	require.NotContains(t, string(text), `"msg":"request"`)

	// Nobody told: the files changed.
	a.issue(t, dir, 2, serverCertificate)
	require.Eventually(t, func() bool { return serial(t, client, s.address) == 2 }, time.Minute, 10*time.Millisecond)

	// A broken one is said, and the one before stays.
	require.NoError(t, os.WriteFile(cert, []byte("no certificate"), 0o600))
	require.NoError(t, os.WriteFile(level, []byte("loud"), 0o600))
	require.NoError(t, s.command.Process.Signal(syscall.SIGHUP))
	require.Eventually(t, logged("the level of the log stays as it is"), time.Minute, 10*time.Millisecond)
	require.Eventually(t, logged("the certificate could not be read again"), time.Minute, 10*time.Millisecond)
	require.EqualValues(t, 2, serial(t, client, s.address))

	// Nor is anybody held up by what cannot be read to an end.
	require.NoError(t, os.Remove(cert))
	require.NoError(t, syscall.Mkfifo(cert, 0o600))
	require.NoError(t, os.Remove(level))
	require.NoError(t, syscall.Mkfifo(level, 0o600))
	require.NoError(t, s.command.Process.Signal(syscall.SIGHUP))
	require.Eventually(t, logged("level is no regular file"), time.Minute, 10*time.Millisecond)
	require.EqualValues(t, 2, serial(t, client, s.address))

	a.issue(t, dir, 3, serverCertificate)
	require.NoError(t, os.Remove(level))
	require.NoError(t, os.WriteFile(level, []byte("info"), 0o600))
	require.NoError(t, s.command.Process.Signal(syscall.SIGHUP))
	require.Eventually(t, logged(`"msg":"reloaded`), time.Minute, 10*time.Millisecond)
	require.EqualValues(t, 3, serial(t, client, s.address))
	require.Eventually(t, logged(`"msg":"request"`), time.Minute, 10*time.Millisecond)
	require.NoError(t, s.stop())
}

// TestClientCertificates: a certificate that the authority signed stands for a role in a
// scope, and for nothing else.
func TestClientCertificates(t *testing.T) {
	t.Parallel()
	dir, a := t.TempDir(), newAuthority(t)
	cert, key := a.issue(t, dir, 1, serverCertificate)
	authorities := filepath.Join(dir, "clients.pem")
	require.NoError(t, os.WriteFile(authorities, a.pem(), 0o600))
	log, err := os.Create(filepath.Join(dir, "log"))
	require.NoError(t, err)
	s, err := serve(dir, append(os.Environ(), "SOTTO_ADMIN_TOKEN=an-admin-token-of-a-test"), log, "--tls-cert", cert, "--tls-key", key,
		"--tls-client-ca", authorities, "--tls-client", "mailer.internal=render@acme/shop", "--tls-client", "spiffe://acme/previewer=preview@acme",
		"--tls-client", "operator=admin")
	require.NoError(t, err)
	certified := func(by *authority, template x509.Certificate) *http.Client {
		at := t.TempDir()
		template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
		cert, key := by.issue(t, at, 7, template)
		pair, err := tls.LoadX509KeyPair(cert, key)
		require.NoError(t, err)
		return a.client(t, pair)
	}
	spiffe, err := url.Parse("spiffe://acme/previewer")
	require.NoError(t, err)
	mailer := certified(a, x509.Certificate{DNSNames: []string{"mailer.internal"}})
	call := func(client *http.Client, body string, header ...string) int {
		request, err := http.NewRequest(http.MethodPost, "https://"+s.address+"/v1/render", strings.NewReader(body))
		require.NoError(t, err)
		for i := 0; i < len(header); i += 2 {
			request.Header.Set(header[i], header[i+1])
		}
		request.Header.Set("Content-Type", "application/json")
		response, err := client.Do(request)
		if err != nil {
			return 0
		}
		defer func() { _ = response.Body.Close() }()
		_, err = io.Copy(io.Discard, response.Body)
		require.NoError(t, err)
		return response.StatusCode
	}
	send, preview := `{"template":"x","scope":"acme/shop"}`, `{"template":"x","scope":"acme/shop","mode":"preview"}`
	for _, test := range []struct {
		name   string
		client *http.Client
		body   string
		header []string
		want   int
	}{
		{"its role in its scope", mailer, send, nil, http.StatusOK},
		{"another scope", mailer, `{"template":"x","scope":"other"}`, nil, http.StatusForbidden},
		{"a URI", certified(a, x509.Certificate{URIs: []*url.URL{spiffe}}), preview, nil, http.StatusOK},
		{"a role that may not", certified(a, x509.Certificate{URIs: []*url.URL{spiffe}}), send, nil, http.StatusForbidden},
		{"a common name", certified(a, x509.Certificate{Subject: pkix.Name{CommonName: "operator"}}), send, nil, http.StatusOK},
		{"a common name beside other names", certified(a, x509.Certificate{Subject: pkix.Name{CommonName: "operator"}, DNSNames: []string{"x"}}), send, nil, http.StatusUnauthorized},
		{"an unknown name", certified(a, x509.Certificate{DNSNames: []string{"mailer.internal.example"}}), send, nil, http.StatusUnauthorized},
		{"another authority", certified(newAuthority(t), x509.Certificate{DNSNames: []string{"mailer.internal"}}), send, nil, 0},
		{"none", a.client(t), send, nil, http.StatusUnauthorized},
		{"a wrong token beside it", mailer, send, []string{"Authorization", "Bearer wrong"}, http.StatusUnauthorized},
		{"a page of another site", mailer, send, []string{"Sec-Fetch-Site", "cross-site"}, http.StatusForbidden},
		{"a page of an older browser", mailer, send, []string{"Origin", "https://evil.example"}, http.StatusForbidden},
	} {
		t.Run(test.name, func(t *testing.T) { require.Equal(t, test.want, call(test.client, test.body, test.header...)) })
	}
	require.NoError(t, s.stop())
}

// TestProfiles: profiles are served on an address of the machine alone, without the
// arguments.
func TestProfiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	logFile := filepath.Join(dir, "log")
	log, err := os.Create(logFile)
	require.NoError(t, err)
	s, err := serve(dir, os.Environ(), log, "--debug-listen", "127.0.0.1:0")
	require.NoError(t, err)
	text, err := os.ReadFile(logFile)
	require.NoError(t, err)
	_, address, ok := strings.Cut(string(text), "at /debug/pprof/\" address=")
	require.True(t, ok, string(text))
	address, _, _ = strings.Cut(address, "\n")
	for path, want := range map[string]int{"heap": 200, "goroutine": 200, "cmdline": 404, "": 404} {
		status, _ := get(t, "http://"+address+"/debug/pprof/"+path)
		require.Equal(t, want, status, path)
	}
	request, err := http.NewRequest(http.MethodGet, "http://"+address+"/debug/pprof/heap", nil)
	require.NoError(t, err)
	request.Host = "rebound.example"
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Equal(t, http.StatusForbidden, response.StatusCode)
	require.NoError(t, s.stop())
	for _, elsewhere := range []string{"0.0.0.0:0", ":0", "example.com:80", "nonsense"} {
		_, err = serve(dir, os.Environ(), log, "--debug-listen", elsewhere)
		require.Error(t, err, elsewhere)
	}
}
