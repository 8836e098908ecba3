package redact_test

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/redact"
)

// commonValues are what half of all logs hold.
var commonValues = strings.Fields(`true false null none yes no on off trace debug info notice warn warning error err crit critical alert
	emerg fatal panic GET POST PUT DELETE PATCH HEAD OPTIONS CONNECT prod production staging stage dev development test testing qa
	uat sandbox demo local preview ci canary live preprod admin administrator root postgres user guest mysql mongo oracle redis
	nobody daemon www-data nginx git jenkins service app public anonymous ubuntu centos ec2-user docker deploy us-east-1 us-east-2
	us-west-1 us-west-2 eu-west-1 eu-west-2 eu-west-3 eu-central-1 eu-north-1 ap-south-1 ap-southeast-1 ap-northeast-1 sa-east-1
	ca-central-1 me-south-1 af-south-1 us-gov-east-1 us-east-1a eu-west-1b us-central1 us-central1-a europe-west1 europe-west1-b
	asia-east1 eastus westeurope northeurope uksouth nyc1 fra1 localhost 127.0.0.1 ::1 0.0.0.0 10.0.0.7 10.1.2.3 192.168.1.10
	172.16.0.4 db.internal cache.local redis.svc.cluster.local localhost:5432 127.0.0.1:6379 80 443 8080 8443 5432 3306 6379 9200
	22 25 53 200 201 204 301 302 304 400 401 403 404 409 429 500 502 503 504 0 1 2 3 4 5 7 10 12 20 30 42 60 64 99 100 128 256 512
	1000 1024 2024 2025 2026 4096 8192 65535 0.5 1.0 1.5 3.14 a b c d e f x y z ok id ms db api web v1 v2 main master default
	latest stable beta alpha enabled disabled password secret token key value name`)

// innocentLine returns a line as real programs log it.
func innocentLine(w world) string {
	pick := func(list ...string) string { return list[w.IntN(len(list))] }
	number := func(most int) int { return w.IntN(most) }
	word := func() string { return commonValues[w.IntN(len(commonValues))] }
	stamp := fmt.Sprintf("2026-%02d-%02dT%02d:%02d:%02d.%03dZ", 1+number(12), 1+number(28), number(24), number(60), number(60), number(1000))
	ip := fmt.Sprintf("10.%d.%d.%d", number(256), number(256), number(256))
	method, status := pick("GET", "POST", "PUT", "DELETE", "PATCH"), pick("200", "201", "204", "301", "400", "401", "403", "404", "500", "503")
	path := pick("/v1/users/", "/api/orders/", "/admin/test/", "/healthz?id=", "/static/app-") + fmt.Sprint(number(100000))
	level := pick("info", "debug", "warn", "error", "trace", "fatal")
	switch w.IntN(20) {
	case 0:
		return fmt.Sprintf(`%s - admin [11/Jan/2026:10:00:%02d +0000] "%s %s HTTP/1.1" %s %d "-" "Mozilla/5.0 (X11; Linux x86_64)"`, ip, number(60), method, path, status, number(90000))
	case 1:
		return fmt.Sprintf(`{"time":"%s","level":"%s","msg":"request served","method":"%s","route":"%s","status":%s,"took_ms":%d,"ok":true,"user":null}`, stamp, level, method, path, status, number(5000))
	case 2:
		return fmt.Sprintf(`time=%s level=%s msg="listening" addr=:%d env=production region=us-east-1 debug=false`, stamp, level, 1000+number(9000))
	case 3:
		return fmt.Sprintf(`I%02d%02d 10:00:%02d.%06d       1 controller.go:%d] Starting workers for test controller in us-west-2`, 1+number(12), 1+number(28), number(60), number(1000000), number(900))
	case 4:
		return fmt.Sprintf(`%s [main] %s  o.s.b.w.embedded.tomcat.TomcatWebServer - Tomcat started on port(s): %d (http) with context path ''`, stamp, strings.ToUpper(level), 8000+number(1000))
	case 5:
		return fmt.Sprintf(`Jan 11 10:00:%02d web-1 sshd[%d]: Accepted publickey for root from %s port %d ssh2`, number(60), number(32768), ip, 1024+number(60000))
	case 6:
		return fmt.Sprintf(`%s UTC [%d] postgres@main LOG:  duration: %d.%03d ms  statement: SELECT id, name FROM users WHERE id = %d`, stamp[:19], number(32768), number(900), number(1000), number(1000))
	case 7:
		return fmt.Sprintf(`%d:M 11 Jan 2026 10:00:%02d.%03d * DB loaded from disk: %d.%03d seconds`, number(32768), number(60), number(1000), number(5), number(1000))
	case 8:
		return fmt.Sprintf(`Step %d/51 : RUN apt-get update && apt-get install -y libtest-dev=1.%d.2-%d`, 1+number(51), number(200), number(9))
	case 9:
		return fmt.Sprintf(`api-1  | %s %s contesting the retesting of testings, administrators only, preproduction`, stamp, strings.ToUpper(level))
	case 10:
		return fmt.Sprintf(`%s %s Traceback: File "/usr/lib/python3.12/test/test_app.py", line %d, in test_admin_root`, stamp, strings.ToUpper(level), number(5000))
	case 11:
		return fmt.Sprintf(`--- PASS: TestProduct%dInProduction (0.%02ds)`, number(100), number(100))
	case 12:
		return fmt.Sprintf(`https://us-east-1.console.example/log?region=us-east-1&level=%s&page=%d#top`, level, number(1000))
	case 13:
		return fmt.Sprintf(`kernel: [%5d.%06d] eth0: link up, 1000Mbps, full-duplex, lpa 0x%04X`, number(90000), number(1000000), number(65536))
	case 14:
		return fmt.Sprintf(`{"year":2026,"port":%d,"list":[%d,%d,443],"none":null,"tls":true,"note":"%s is on"}`, number(65536), number(999), number(99999), word())
	case 15:
		return fmt.Sprintf(`%s    Normal  Pulled   %ds   kubelet  Container image "nginx:1.%d" already present on machine`, pick("default", "kube-system", "prod"), number(600), number(30))
	case 16:
		return fmt.Sprintf(`took %d us, order %d, %d rows of %d.%d MB in %s`, number(1000000), number(1000000), number(10000), number(100), number(10), word())
	case 17:
		return fmt.Sprintf(`error: %s: %s (%s) at %s line %d`, word(), word(), word(), path, number(1000))
	case 18:
		return fmt.Sprintf(`npm warn deprecated glob@7.%d.3: versions prior to v9 are no longer supported`, number(10))
	}
	return fmt.Sprintf(`%s %s status=%s method=%s host=%s port=%d user=%s region=%s env=%s mode=%s`, stamp, word(), status, method, ip, number(65536), pick("root", "admin", "guest"), pick("eu-west-1", "us-east-1"), pick("prod", "test", "dev"), word())
}

func TestInnocentLinesStayAsTheyAre(t *testing.T) {
	if raceEnabled {
		t.Skip("NOT RUN: one goroutine alone, which make test runs without the race detector")
	}
	w := world{rand.New(rand.NewPCG(77, 78))}
	require.GreaterOrEqual(t, len(commonValues), 200)
	var secrets []redact.Secret
	for _, v := range commonValues[:200] {
		secrets = append(secrets, redact.NewSecret(v))
	}
	for len(secrets) < 1000 {
		for _, v := range generate(w, 1) {
			secrets = append(secrets, redact.NewSecret(v.value))
		}
	}
	r := redact.New(secrets...)
	var all strings.Builder
	for range 2000 {
		line := innocentLine(w)
		if got := r.String(line); got != line {
			t.Errorf("%q\nbecomes %q", line, got)
		}
		all.WriteString(line + "\n")
	}
	require.Equal(t, all.String(), r.String(all.String()), "as one text")
	var out bytes.Buffer
	stream := r.Writer(&out)
	for rest := all.String(); rest != ""; {
		n := 1 + w.IntN(min(len(rest), 700))
		_, err := io.WriteString(stream, rest[:n])
		require.NoError(t, err)
		rest = rest[n:]
	}
	require.NoError(t, stream.Close())
	require.Equal(t, all.String(), out.String(), "as a stream")
}
