package api

// Problem is a refusal as the server tells it (RFC 9457). It is the error of each
// call that a server answered and did not carry out.
type Problem struct {
	// Type is the address of what the documentation says about Code.
	Type  string `json:"type"`
	Title string `json:"title"`
	// Status is that of the HTTP answer.
	Status int    `json:"status"`
	Code   Code   `json:"code"`
	Detail string `json:"detail"`
	// RequestID finds the request in the server's log.
	RequestID string `json:"request_id"`
	// Errors are all mistakes with their places, where there is more to say
	// than Detail does; the server lists up to 1000.
	Errors []Detail `json:"errors,omitempty"`
	// Trace is that of an evaluation that failed, as far as it came, where it was
	// asked for.
	Trace
}

// Error returns "detail [code, request id]". It holds no value: the server builds
// it from names and places.
func (p *Problem) Error() string {
	return p.Detail + " [" + string(p.Code) + ", request " + p.RequestID + "]"
}

// Detail is one mistake with its place.
type Detail struct {
	Code    Code   `json:"code"`
	Message string `json:"message"`
	// Line and Column count from 1; both are 0 where there is no place. Columns
	// count characters.
	Line   int `json:"line,omitempty"`
	Column int `json:"column,omitempty"`
	// Alias is the canonical alias and Field the path behind it, where the
	// mistake is about a secret.
	Alias string `json:"alias,omitempty"`
	Field string `json:"field,omitempty"`
	// Part names the part or the expression of a request that has several.
	Part string `json:"part,omitempty"`
}
