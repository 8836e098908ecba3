package exec

import (
	"os"
	"slices"
	"strings"
)

// usual are the variables that every program is given. None holds a secret by
// its meaning.
var usual = []string{
	"HOME", "PATH", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "LC_*", "TZ", "TMPDIR", "XDG_*", "SSL_CERT_FILE", "SSL_CERT_DIR",
	"SYSTEMROOT", "SYSTEMDRIVE", "COMSPEC", "PATHEXT", "TEMP", "TMP", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "PROGRAMDATA",
}

// own starts the names of sotto's variables, the master key and the admin token
// among them.
const own = "SOTTO_"

// environment is what a program is given.
func (p *Provider) environment() []string {
	allowed := []string{}
	for _, variable := range os.Environ() {
		name, _, _ := strings.Cut(variable, "=")
		matches := func(pattern string) bool { return match(pattern, name) }
		if strings.HasPrefix(strings.ToUpper(name), own) {
			continue
		}
		if slices.ContainsFunc(usual, matches) || slices.ContainsFunc(p.options.Environment, matches) {
			allowed = append(allowed, variable)
		}
	}
	return allowed
}

func match(pattern, name string) bool {
	if start, any := strings.CutSuffix(pattern, "*"); any {
		return strings.HasPrefix(name, start)
	}
	return pattern == name
}

// variable reports whether name may stand in [Options.Environment].
func variable(name string) bool {
	name = strings.TrimSuffix(name, "*")
	if name == "" || strings.HasPrefix(strings.ToUpper(name), own) {
		return false
	}
	return !strings.ContainsFunc(name, func(r rune) bool {
		return r != '_' && (r < '0' || r > '9') && (r|0x20 < 'a' || r|0x20 > 'z')
	})
}
