package vault

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"
)

// Method is how a token is had.
type Method string

// The methods. A file is read anew at each login, so that what replaces it counts.
const (
	// Token takes the token of TokenFile, or of the variable VAULT_TOKEN.
	Token Method = "token"
	// AppRole logs in with RoleID and the secret id of SecretIDFile.
	AppRole Method = "approle"
	// Kubernetes and JWT log in as Role with the token of JWTFile.
	Kubernetes Method = "kubernetes"
	JWT        Method = "jwt"
)

// serviceToken is where a pod has the token of its service account.
const serviceToken = "/var/run/secrets/kubernetes.io/serviceaccount/token"

// Auth says how a token is had. The zero Auth is that of the variable VAULT_TOKEN.
type Auth struct {
	// Method is one of the four; "" means Token.
	Method Method
	// Mount is where the method is mounted; "" means its name.
	Mount string
	// Role is that of Kubernetes and JWT.
	Role string
	// RoleID is that of AppRole. It is no secret by itself.
	RoleID string
	// SecretIDFile, TokenFile and JWTFile are files of one line. JWTFile is that of
	// the pod for Kubernetes, if "".
	SecretIDFile, TokenFile, JWTFile string
}

func (a *Auth) check() error {
	a.Method = or(a.Method, Token)
	a.Mount = strings.Trim(or(a.Mount, string(a.Method)), "/")
	switch a.Method {
	case Token:
		return nil
	case AppRole:
		if a.RoleID == "" || a.SecretIDFile == "" {
			return errors.New("provider vault: auth=approle takes role_id= and secret_id_file=")
		}
	case Kubernetes:
		a.JWTFile = or(a.JWTFile, serviceToken)
		fallthrough
	case JWT:
		if a.Role == "" || a.JWTFile == "" {
			return errors.New("provider vault: auth=kubernetes takes role=, and auth=jwt takes role= and jwt_file=")
		}
	default:
		return errors.New("provider vault: auth= is token, approle, kubernetes or jwt")
	}
	return nil
}

// loginPause is how long a token that was just had is not given up because
// something is forbidden: it is its policies that forbid it then.
const loginPause = 10 * time.Second

// session is the token of the client and how long it lasts.
type session struct {
	// turn is a lock that whoever waits for may give up on; it guards the rest.
	turn chan struct{}
	held bool
	// since is when the token was had; renewAt is when it is renewed and until when
	// it ends, both zero for one that has no end.
	since, renewAt, until time.Time
	renewable             bool
}

// authorise makes the client have a token that is good for a while.
func (p *Provider) authorise(ctx context.Context) error {
	s := &p.session
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	now := time.Now()
	if s.held && (s.renewAt.IsZero() || now.Before(s.renewAt)) {
		return nil
	}
	if s.held && s.renewable && now.Before(s.until) {
		status, body, err := p.post(ctx, "auth/token/renew-self", map[string]any{})
		if err == nil && status == http.StatusOK && s.take(body) == nil {
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	err := p.login(ctx)
	if err != nil && s.held && now.Before(s.until) {
		// What it has is good still, and is renewed later.
		s.renewAt = now.Add(loginPause)
		if s.renewAt.After(s.until) {
			s.renewAt = s.until
		}
		return nil
	}
	s.held = err == nil
	return err
}

// authorised does something with the token, once more with a new one if it is
// forbidden: a token may be revoked before its time.
func (p *Provider) authorised(ctx context.Context, do func() (int, []byte, error)) (int, []byte, error) {
	asked := time.Now()
	status, body, err := do()
	if err != nil || status != http.StatusForbidden || !p.giveUp(asked) {
		return status, body, err
	}
	if err := p.authorise(ctx); err != nil {
		return 0, nil, err
	}
	return do()
}

// giveUp drops the token that was held at a time, and reports whether a new one is
// worth a try.
func (p *Provider) giveUp(asked time.Time) bool {
	s := &p.session
	s.turn <- struct{}{}
	defer func() { <-s.turn }()
	if s.since.After(asked) {
		return true // another caller has had a new one meanwhile
	}
	if time.Since(s.since) < loginPause {
		return false
	}
	s.held = false
	return true
}

// login gets a token. The caller has the turn.
func (p *Provider) login(ctx context.Context) error {
	a := p.options.Auth
	var in map[string]string
	switch a.Method {
	case Token:
		return p.useToken(ctx)
	case AppRole:
		secret, err := line("secret_id_file=", a.SecretIDFile)
		if err != nil {
			return err
		}
		in = map[string]string{"role_id": a.RoleID, "secret_id": secret}
	default:
		token, err := line("jwt_file=", a.JWTFile)
		if err != nil {
			return err
		}
		in = map[string]string{"role": a.Role, "jwt": token}
	}
	status, body, err := p.post(ctx, "auth/"+a.Mount+"/login", in)
	switch {
	case err != nil:
		return fmt.Errorf("cannot log in: %w", err)
	case status != http.StatusOK:
		return fmt.Errorf("cannot log in by %s: the server answers with status %d", a.Method, status)
	}
	var answer struct {
		Auth struct {
			Token string `json:"client_token"`
		} `json:"auth"`
	}
	if json.Unmarshal(body, &answer) != nil || answer.Auth.Token == "" {
		return errAnswer
	}
	p.client.SetToken(answer.Auth.Token)
	return p.session.take(body)
}

// useToken takes the token that it is given, and asks how long it lasts.
func (p *Provider) useToken(ctx context.Context) error {
	token := strings.TrimSpace(os.Getenv("VAULT_TOKEN"))
	if file := p.options.Auth.TokenFile; file != "" {
		var err error
		if token, err = line("token_file=", file); err != nil {
			return err
		}
	}
	if token == "" {
		return errors.New("there is no token: set VAULT_TOKEN, or name a file with token_file= or a method with auth=")
	}
	p.client.SetToken(token)
	status, body, err := p.get(ctx, "auth/token/lookup-self")
	switch {
	case err != nil:
		return err
	case status != http.StatusOK:
		return statusError(status)
	}
	var answer struct {
		Data struct {
			TTL       int64 `json:"ttl"`
			Renewable bool  `json:"renewable"`
		} `json:"data"`
	}
	if json.Unmarshal(body, &answer) != nil {
		return errAnswer
	}
	p.session.keep(answer.Data.TTL, answer.Data.Renewable)
	return nil
}

// take notes how long the token of an answer lasts.
func (s *session) take(body []byte) error {
	var answer struct {
		Auth *struct {
			Duration  int64 `json:"lease_duration"`
			Renewable bool  `json:"renewable"`
		} `json:"auth"`
	}
	if json.Unmarshal(body, &answer) != nil || answer.Auth == nil {
		return errAnswer
	}
	s.keep(answer.Auth.Duration, answer.Auth.Renewable)
	return nil
}

// keep notes that the token lasts so many seconds, 0 for ever. It is renewed after two
// thirds of them.
func (s *session) keep(seconds int64, renewable bool) {
	s.held, s.since, s.renewable = true, time.Now(), renewable
	s.renewAt, s.until = time.Time{}, time.Time{}
	if seconds > 0 {
		lasts := time.Duration(seconds) * time.Second
		s.renewAt, s.until = s.since.Add(lasts*2/3), s.since.Add(lasts)
	}
}

// line returns what a file holds, without white space around it.
func line(flag, path string) (string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("the file of %s cannot be read", flag)
	}
	value := strings.TrimSpace(string(text))
	if value == "" {
		return "", fmt.Errorf("the file of %s is empty", flag)
	}
	return value, nil
}
