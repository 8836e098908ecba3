package otelcollector

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/sotto-render/sotto/api"
	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/providers"
)

// Config says whose values are masked: those of Providers, or those that a server keeps.
type Config struct {
	// Providers are spelled as for `sotto redact --provider`, such as `dir:/run/secrets` or
	// `env:INTEGRATION_`. Their changes are followed.
	Providers []string `mapstructure:"providers"`
	// Server is the address of a sotto server, which then masks; it needs TokenFile.
	Server string `mapstructure:"server"`
	// TokenFile holds a token of role render.
	TokenFile string `mapstructure:"token_file"`
	// Scope is where the secrets are looked for; "" is `default`, or the token's own.
	Scope string `mapstructure:"scope"`
}

// Validate refuses a configuration that masks nothing. The Collector calls it.
func (c *Config) Validate() error {
	if (len(c.Providers) == 0) == (c.Server == "") {
		return errors.New("give providers, or server: one of them")
	}
	if c.Server != "" && c.TokenFile == "" {
		return errors.New("token_file is missing: the server asks for a token of role render")
	}
	if _, err := c.bindings(); err != nil {
		return err
	}
	_, err := c.scope()
	return err
}

func (c *Config) bindings() ([]resolver.Binding, error) {
	var all []resolver.Binding
	for _, value := range c.Providers {
		for _, spec := range providers.Split(value) {
			binding, err := providers.Parse(spec)
			if err != nil {
				return nil, err
			}
			all = append(all, binding)
		}
	}
	return all, nil
}

func (c *Config) scope() (resolver.Scope, error) {
	if c.Scope == "" {
		return "default", nil
	}
	return resolver.ParseScope(c.Scope)
}

func (c *Config) client() (*api.Client, error) {
	token, err := os.ReadFile(c.TokenFile)
	if err != nil {
		return nil, fmt.Errorf("token_file: %w", err)
	}
	return api.New(c.Server, api.Options{Token: redact.NewSecret(strings.TrimSpace(string(token))), Scope: c.Scope})
}
