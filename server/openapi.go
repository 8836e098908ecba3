package server

import (
	_ "embed"
	"net/http"
)

//go:embed openapi.yaml
var openapi []byte

var headerYAML = []string{"application/yaml"}

// openapi answers GET /openapi.yaml.
func (s *Server) openapi(x *exchange) error {
	x.reply(http.StatusOK, headerYAML, openapi)
	return nil
}
