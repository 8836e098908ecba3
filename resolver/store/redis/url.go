package redis

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// defaultPrefix starts the name of every key and channel.
const defaultPrefix = "sotto"

// maxFileBytes is the size of the largest password or certificate file.
const maxFileBytes = 1 << 20

const defaultPort = "6379"

// Config is what a URL says.
type Config struct {
	// Client is how to connect.
	Client *goredis.UniversalOptions
	// Prefix starts the name of every key and channel.
	Prefix string
	// Patience is how long one call may take, with all its tries; 0 means 1.4 s.
	Patience time.Duration
}

func (c Config) patience() time.Duration { return cmp.Or(c.Patience, callPatience) }

// ParseURL reads the URL of a Redis:
//
//	redis://user:password@host:6379/0                      a single server
//	rediss://host:6379?ca=/etc/redis/ca.pem                the same over TLS
//	redis://host-1:26379?addr=host-2:26379&master=mymaster Sentinels
//	redis://host-1:6379?addr=host-2:6379                   a Cluster
//	redis://host:6379?cluster=true                         a Cluster by one address
//
// User and password are those of an ACL user; a password alone is that of the
// default user. Parameters:
//
//	addr              another node; any number of times
//	master            the name that the Sentinels know the master by
//	cluster           true: a Cluster, although only one address is given
//	prefix            what all keys and the channel start with; sotto
//	password_file     a file with the password, instead of one in the URL
//	sentinel_user     for the Sentinels themselves
//	sentinel_password_file
//	ca, cert, key     PEM files: who signed the server, and who we are
//	server_name       the name in the server's certificate
//	pool_size         connections for each node; 10 for each processor
//	dial_timeout, read_timeout, write_timeout    5s, 3s, 3s; one call ends after
//	                  1.4 s all the same, unless read_timeout is given: then after
//	                  twice that
//
// An error names the part that is wrong and never quotes the URL, which may
// hold a password.
func ParseURL(text string) (Config, error) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return Config{}, errors.New("redis: not a URL: write redis://host:6379 or rediss://host:6379, " +
			"with the characters / ? # @ % of a password percent-encoded")
	}
	if u.Scheme != "redis" && u.Scheme != "rediss" {
		return Config{}, errors.New("redis: the URL starts with redis:// or, for TLS, rediss://")
	}
	o := &goredis.UniversalOptions{
		Addrs:    []string{address(u.Host)},
		Username: u.User.Username(),
		// The defaults ask for the server's version and for notices that
		// older servers do not know.
		DisableIdentity:          true,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
		ContextTimeoutEnabled:    true,
		DialTimeout:              5 * time.Second,
		DialerRetries:            1,
		ReadTimeout:              3 * time.Second,
		WriteTimeout:             3 * time.Second,
	}
	o.Password, _ = u.User.Password()
	if db := strings.Trim(u.Path, "/"); db != "" {
		if o.DB, err = strconv.Atoi(db); err != nil || o.DB < 0 {
			return Config{}, errors.New("redis: what follows the host is the number of a database, such as /0")
		}
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return Config{}, errors.New("redis: the parameters of the URL are not encoded as name=value&name=value")
	}
	p := &parameters{values: query}
	config := Config{Client: o, Prefix: p.text("prefix", defaultPrefix)}
	slow := p.values.Has("read_timeout")
	p.connection(o)
	if slow {
		config.Patience = callReads * o.ReadTimeout
	}
	p.security(o, u.Scheme == "rediss")
	if err := p.end(); err != nil {
		return Config{}, err
	}
	if strings.ContainsAny(config.Prefix, "{}") {
		return Config{}, errors.New("redis: prefix must not contain { or }")
	}
	if o.DB != 0 && o.MasterName == "" && (o.IsClusterMode || len(o.Addrs) > 1) {
		return Config{}, errors.New("redis: a Cluster has database 0 only: use prefix to keep things apart")
	}
	return config, nil
}

func address(host string) string {
	if _, _, err := net.SplitHostPort(host); err == nil {
		return host
	}
	return net.JoinHostPort(strings.Trim(host, "[]"), defaultPort)
}

// parameters reads the query of a URL and keeps the first mistake.
type parameters struct {
	values url.Values
	err    error
}

func (p *parameters) connection(o *goredis.UniversalOptions) {
	for _, addr := range p.values["addr"] {
		o.Addrs = append(o.Addrs, address(addr))
	}
	delete(p.values, "addr")
	o.MasterName = p.text("master", "")
	o.IsClusterMode = p.truth("cluster")
	o.PoolSize = p.number("pool_size")
	o.DialTimeout = p.duration("dial_timeout", o.DialTimeout)
	o.ReadTimeout = p.duration("read_timeout", o.ReadTimeout)
	o.WriteTimeout = p.duration("write_timeout", o.WriteTimeout)
	if o.MasterName != "" && o.IsClusterMode {
		p.fail("cluster", "goes without master: Sentinels and a Cluster are two ways")
	}
}

func (p *parameters) security(o *goredis.UniversalOptions, encrypted bool) {
	if password := p.file("password_file"); password != nil {
		o.Password = strings.TrimRight(string(password), "\r\n")
	}
	o.SentinelUsername = p.text("sentinel_user", "")
	if password := p.file("sentinel_password_file"); password != nil {
		o.SentinelPassword = strings.TrimRight(string(password), "\r\n")
	}
	ca, cert, key, name := p.file("ca"), p.file("cert"), p.file("key"), p.text("server_name", "")
	if !encrypted {
		if ca != nil || cert != nil || key != nil || name != "" {
			p.fail("ca, cert, key and server_name", "are for TLS: write rediss://")
		}
		return
	}
	o.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12, ServerName: name}
	if ca != nil {
		o.TLSConfig.RootCAs = x509.NewCertPool()
		if !o.TLSConfig.RootCAs.AppendCertsFromPEM(ca) {
			p.fail("ca", "names a file without a PEM certificate")
		}
	}
	if cert != nil || key != nil {
		pair, err := tls.X509KeyPair(cert, key)
		if err != nil {
			p.fail("cert and key", "are not the two PEM files of one certificate")
		}
		o.TLSConfig.Certificates = []tls.Certificate{pair}
	}
}

func (p *parameters) text(name, fallback string) string {
	if !p.values.Has(name) {
		return fallback
	}
	text := p.values.Get(name)
	delete(p.values, name)
	return text
}

func (p *parameters) truth(name string) bool {
	text := p.text(name, "false")
	truth, err := strconv.ParseBool(text)
	if err != nil {
		p.fail(name, "is true or false")
	}
	return truth
}

func (p *parameters) number(name string) int {
	n, err := strconv.Atoi(p.text(name, "0"))
	if err != nil || n < 0 {
		p.fail(name, "is a number")
	}
	return n
}

func (p *parameters) duration(name string, fallback time.Duration) time.Duration {
	d, err := time.ParseDuration(p.text(name, fallback.String()))
	if err != nil || d <= 0 {
		p.fail(name, "is a duration such as 500ms or 3s")
	}
	return d
}

func (p *parameters) file(name string) []byte {
	path := p.text(name, "")
	if path == "" {
		return nil
	}
	file, err := os.Open(path)
	if err != nil {
		p.fail(name, "names a file that cannot be read")
		return nil
	}
	defer func() { _ = file.Close() }()
	content, err := io.ReadAll(io.LimitReader(file, maxFileBytes+1))
	switch {
	case err != nil:
		p.fail(name, "names a file that cannot be read")
	case len(content) > maxFileBytes:
		p.fail(name, "names a file that is too large")
	}
	return content
}

func (p *parameters) fail(name, what string) {
	if p.err == nil {
		p.err = fmt.Errorf("redis: parameter %s %s", name, what)
	}
}

// end returns the first mistake; a parameter that nobody asked for is one.
func (p *parameters) end() error {
	if p.err == nil && len(p.values) > 0 {
		p.err = errors.New("redis: the URL has a parameter that is not known: see the documentation of --store")
	}
	return p.err
}
