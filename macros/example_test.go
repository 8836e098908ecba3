package macros_test

import (
	"fmt"

	"github.com/sotto-render/sotto/macros"
)

func ExampleParse() {
	template, err := macros.Parse("Bearer <<Secrets.API_Key | default: secrets.backup>> for {{ name }}", macros.Liquid)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range template.References {
		fmt.Println(template.Place(r.Pos), r.Alias, "covered by a fallback:", r.Covered)
	}
	fmt.Println(template.Variables())
	// Output:
	// 1:10 api_key covered by a fallback: true
	// 1:37 backup covered by a fallback: false
	// [name]
}

func ExampleParse_mistake() {
	_, err := macros.Parse("Hi {{ name }", macros.Liquid)
	fmt.Println(err)
	// Output:
	// 1:4: this object is not closed: close it with }}
}
