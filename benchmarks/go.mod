module github.com/sotto-render/sotto/benchmarks

go 1.26

replace github.com/sotto-render/sotto => ../

require (
	github.com/osteele/liquid v1.6.0
	github.com/stretchr/testify v1.12.1
	github.com/valyala/fasttemplate v1.2.2
)

require (
	github.com/osteele/tuesday v1.0.3 // indirect
	github.com/valyala/bytebufferpool v1.0.0 // indirect
	go.yaml.in/yaml/v3 v3.0.5 // indirect
	gopkg.in/yaml.v2 v2.4.0 // indirect
)
