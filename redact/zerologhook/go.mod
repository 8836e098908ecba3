module github.com/sotto-render/sotto/redact/zerologhook

go 1.26.0

replace github.com/sotto-render/sotto => ../..

require (
	github.com/rs/zerolog v1.35.1
	github.com/sotto-render/sotto v0.0.0-00010101000000-000000000000
	github.com/stretchr/testify v1.12.1
)

require (
	github.com/mattn/go-colorable v0.1.14 // indirect
	github.com/mattn/go-isatty v0.0.24 // indirect
	go.yaml.in/yaml/v3 v3.0.5 // indirect
	golang.org/x/sys v0.49.0 // indirect
)
