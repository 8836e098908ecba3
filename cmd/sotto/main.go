// Command sotto renders templates and evaluates flow expressions that mention
// secrets by name, and serves both over HTTP. `sotto help` lists its commands.
package main

import (
	"context"
	"os"

	"github.com/sotto-render/sotto/redact"
)

func main() {
	a := &app{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, redactor: redact.New()}
	os.Exit(a.run(context.Background(), os.Args))
}
