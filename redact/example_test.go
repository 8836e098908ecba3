package redact_test

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/sotto-render/sotto/redact"
)

func Example() {
	token := redact.NewSecret("tok-4f9a8b2c7d")
	fmt.Printf("%v %s %#v\n", token, token, token)

	r := redact.New(token)
	fmt.Println(r.String("GET /?key=tok-4f9a8b2c7d"))
	fmt.Println(r.String("base64: dG9rLTRmOWE4YjJjN2Q="))
	// Output:
	// [REDACTED] [REDACTED] [REDACTED]
	// GET /?key=[REDACTED]
	// base64: [REDACTED]
}

func ExampleRedactor_Writer() {
	r := redact.New(redact.NewSecret("hunter2hunter2"))
	w := r.Writer(os.Stdout)
	defer w.Close()
	_, _ = io.WriteString(w, "the value is hunter2")
	_, _ = io.WriteString(w, "hunter2, split over writes\n")
	// Output: the value is [REDACTED], split over writes
}

func ExampleRedactor_TextHandler() {
	r := redact.New(redact.NewSecret("hunter2hunter2"))
	log := slog.New(r.TextHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}))
	log.Info("login failed", "password", "hunter2hunter2", "attempt", 3)
	// Output: level=INFO msg="login failed" password=[REDACTED] attempt=3
}

func ExampleRedactor_Error() {
	r := redact.New(redact.NewSecret("hunter2hunter2"))
	cause := errors.New("no such key: hunter2hunter2")
	err := r.Error(fmt.Errorf("lookup: %w", cause))
	fmt.Println(err, errors.Is(err, cause))
	// Output: lookup: no such key: [REDACTED] true
}

func ExampleSecret_Derive() {
	key := redact.NewSecret("a-signing-key")
	r := redact.New(key)
	signature := key.Derive("5f2e8d7c6b5a4938")
	fmt.Println(signature, r.String("X-Signature: "+signature.Reveal()))
	// Output: [REDACTED] X-Signature: [REDACTED]
}
