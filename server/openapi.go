package server

import (
	"bytes"
	_ "embed"
	"net/http"
	"strconv"
)

//go:embed openapi.yaml
var openapi []byte

// openapiVersion is the line that says of which build the description is.
var openapiVersion = []byte("\n  version: devel\n")

var headerYAML = []string{"application/yaml"}

// describe returns the description of the API as that of a build.
func describe(version string) []byte {
	if version == "" {
		return openapi
	}
	return bytes.Replace(openapi, openapiVersion, []byte("\n  version: "+strconv.Quote(version)+"\n"), 1)
}

// openapi answers GET /openapi.yaml.
func (s *Server) openapi(x *exchange) error {
	x.reply(http.StatusOK, headerYAML, s.description)
	return nil
}
