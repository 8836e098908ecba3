package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
)

// largeAnswer renders to 9 MB.
var largeAnswer = `{"template":"{% for i in (1..90000) %}` + strings.Repeat("x", 100) + `{% endfor %}","mode":"preview"}`

// request is a kind of hostile request.
type request struct {
	kind string
	// stranger says that it comes with a token that nobody made.
	stranger bool
	make     func(r *rand.Rand) (path, body string)
}

// requests are chosen from at random.
var requests = []request{
	{kind: "loops", make: func(r *rand.Rand) (string, string) {
		inner := strings.Repeat("{% for a in (1..100000) %}", 1+r.IntN(4))
		return "/v1/render", encode(map[string]any{"mode": mode(r), "template": inner + "{{ a | times: 3 }}" + strings.Repeat("{% endfor %}", strings.Count(inner, "for"))})
	}},
	{kind: "doubling", make: func(r *rand.Rand) (string, string) {
		return "/v1/render", encode(map[string]any{"mode": mode(r), "template": "{% assign a = 'xxxxxxxx' %}" + strings.Repeat("{% assign a = a | append: a %}", r.IntN(40)) + "{{ a }}"})
	}},
	{kind: "nested", make: func(r *rand.Rand) (string, string) {
		return "/v1/render", `{"template":"x","mode":"preview","vars":` + strings.Repeat(`{"a":[`, r.IntN(100_000)) + "1"
	}},
	{kind: "parts", make: func(r *rand.Rand) (string, string) {
		parts := make(map[string]any)
		text := strings.Repeat("{{ a }}y", r.IntN(400))
		for i := range 1 + r.IntN(1000) {
			parts[fmt.Sprint(i)] = map[string]any{"template": fmt.Sprint(r.Uint64(), text)}
		}
		return "/v1/render", encode(map[string]any{"mode": mode(r), "parts": parts, "vars": map[string]any{"a": strings.Repeat("z", r.IntN(500))}})
	}},
	{kind: "large", make: func(r *rand.Rand) (string, string) {
		return "/v1/render", encode(map[string]any{"mode": mode(r), "template": strings.Repeat("<<a>>", r.IntN(1<<18))})
	}},
	{kind: "unique", make: func(r *rand.Rand) (string, string) {
		return "/v1/render", encode(map[string]any{"mode": mode(r), "template": fmt.Sprint(r.Uint64(), strings.Repeat("{{ a | upcase }}", r.IntN(1000)))})
	}},
	{kind: "cel", make: func(r *rand.Rand) (string, string) {
		list := "[" + strings.Repeat("1,", 100) + "1]"
		n := 1 + r.IntN(5)
		return "/v1/evaluate", encode(map[string]any{"mode": mode(r), "trace": r.IntN(2) == 0, "expression": strings.Repeat(list+".map(a, ", n) + "a" + strings.Repeat(")", n)})
	}},
	{kind: "deep", make: func(r *rand.Rand) (string, string) {
		n := r.IntN(50_000)
		return "/v1/evaluate", encode(map[string]any{"mode": mode(r), "expression": strings.Repeat("(", n) + "1" + strings.Repeat(")", n)})
	}},
	{kind: "lint", make: func(r *rand.Rand) (string, string) {
		return "/v1/lint", encode(map[string]any{"template": strings.Repeat("{{ secrets.a"+fmt.Sprint(r.IntN(1000))+" }}{% if", r.IntN(20_000))})
	}},
	{kind: "redact", make: func(r *rand.Rand) (string, string) {
		return "/v1/redact", encode(map[string]any{"text": strings.Repeat("Y2FuYXJ5", r.IntN(400_000))})
	}},
	{kind: "scopes", make: func(r *rand.Rand) (string, string) {
		scope := [...]string{"neighbour", fmt.Sprintf("enemy0/%x", r.Uint64()), fmt.Sprintf("enemy1/%x/%x", r.Uint32(), r.Uint32()), fmt.Sprintf("%x", r.Uint64())}[r.IntN(4)]
		return "/v1/render", encode(map[string]any{"mode": mode(r), "scope": scope, "template": "<<Secrets.key | default: 'none'>>"})
	}},
	{kind: "strangers", stranger: true, make: func(*rand.Rand) (string, string) {
		return "/v1/render", `{"template":"<<Secrets.key>>"}`
	}},
	{kind: "noise", make: func(r *rand.Rand) (string, string) {
		b := make([]byte, r.IntN(1<<16))
		for i := range b {
			b[i] = byte(r.Uint32())
		}
		return [...]string{"/v1/render", "/v1/evaluate", "/v1/lint", "/v1/redact"}[r.IntN(4)], string(b)
	}},
}

func mode(r *rand.Rand) string { return [...]string{"send", "preview"}[r.IntN(2)] }

func encode(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // it holds texts alone
	}
	return string(text)
}
