package server

// Routes returns the calls that s answers, as in "GET /v1/secrets".
func (s *Server) Routes() []string {
	var calls []string
	for _, rt := range s.table() {
		calls = append(calls, rt.method+" "+rt.pattern)
	}
	return calls
}
