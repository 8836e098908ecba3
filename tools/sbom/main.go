// Command sbom writes what a Go binary is built of, as CycloneDX JSON: its modules with
// the sums that their downloads were checked against. The same binary gives the same
// bytes, so that a release can be made again and compared.
//
//	sbom BINARY > BINARY.cdx.json
package main

import (
	"debug/buildinfo"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"

	cdx "github.com/CycloneDX/cyclonedx-go"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: sbom BINARY")
		os.Exit(2)
	}
	if err := write(os.Stdout, os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "sbom:", err)
		os.Exit(1)
	}
}

func write(w io.Writer, binary string) error {
	info, err := buildinfo.ReadFile(binary)
	if err != nil {
		return err
	}
	bom := cdx.NewBOM()
	bom.SerialNumber = ""
	main := component(&info.Main, cdx.ComponentTypeApplication)
	bom.Metadata = &cdx.Metadata{Component: &main}
	components := []cdx.Component{{
		BOMRef: "pkg:golang/std@" + info.GoVersion, Type: cdx.ComponentTypeLibrary, Name: "std",
		Version: info.GoVersion, PackageURL: "pkg:golang/std@" + strings.TrimPrefix(info.GoVersion, "go"),
	}}
	for _, module := range info.Deps {
		if module.Replace != nil {
			module = module.Replace
		}
		components = append(components, component(module, cdx.ComponentTypeLibrary))
	}
	bom.Components = &components
	return cdx.NewBOMEncoder(w, cdx.BOMFileFormatJSON).SetPretty(true).Encode(bom)
}

// component is one module. Its sum is over the files of the module as Go counts it
// ("h1:"), which is a SHA-256 too.
func component(module *debug.Module, kind cdx.ComponentType) cdx.Component {
	url := "pkg:golang/" + module.Path + "@" + module.Version
	c := cdx.Component{BOMRef: url, Type: kind, Name: module.Path, Version: module.Version, PackageURL: url}
	if sum, ok := strings.CutPrefix(module.Sum, "h1:"); ok {
		if digest, err := base64.StdEncoding.DecodeString(sum); err == nil {
			c.Properties = &[]cdx.Property{{Name: "go:h1", Value: hex.EncodeToString(digest)}}
		}
	}
	return c
}
