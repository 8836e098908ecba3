package js

import (
	"slices"
	"sync"

	"github.com/sotto-render/sotto/engine/internal/eval"
)

// listed is short for the table's sake.
var listed = eval.SignatureOf

// signatureTable is the list of what the library has for an author to insert. What
// does as a filter does is not here: it has the filter's words.
var signatureTable = []eval.Signature{
	listed("String", "a value as text", "String(value)"),
	listed("Number", "a value as a number", "Number(text)"),
	listed("Boolean", "whether a value counts as true", "Boolean(value)"),
	listed("parseInt", "the whole number at the start of a text", "parseInt(text)", "parseInt(text, 16)"),
	listed("parseFloat", "the number at the start of a text", "parseFloat(text)"),
	listed("isNaN", "whether a value is no number", "isNaN(value)"),
	listed("isFinite", "whether a value is a number that is not infinite", "isFinite(value)"),
	listed("structuredClone", "a copy, as deep as it goes", "structuredClone(value)"),

	listed("JSON.parse", "the value that JSON spells", `JSON.parse("[1, 2]")`),
	listed("JSON.stringify", "the value as compact JSON, or on lines", "JSON.stringify(value)", "JSON.stringify(value, null, 2)"),
	listed("encodeURIComponent", "percent-encoded for a part of a URL", "encodeURIComponent(text)"),
	listed("decodeURIComponent", "the text behind percent-encoding", "decodeURIComponent(text)"),
	listed("encodeURI", "percent-encoded where a whole URL needs it", "encodeURI(text)"),
	listed("decodeURI", "the URL behind encodeURI", "decodeURI(text)"),
	listed("btoa", "a text of bytes as base64", "btoa(text)"),
	listed("atob", "the bytes behind base64", `atob("dGV4dA==")`),
	listed("URL", "a URL, with its parts as properties", `new URL("https://example.com/a?b=c").hostname`),
	listed("URL.canParse", "whether a text is a URL", "URL.canParse(text)"),
	listed("URLSearchParams", "the parameters of a query", "new URLSearchParams(value).toString()"),

	listed("Object.assign", "an object with the fields of others put into it", "Object.assign({}, value)"),
	listed("Object.entries", "the names and values of an object, in pairs", "Object.entries(value)"),
	listed("Object.fromEntries", "an object of pairs of a name and a value", `Object.fromEntries([["name", value]])`),
	listed("Object.groupBy", "an object of lists, by what a function makes of each item", "Object.groupBy(items, item => item.sku)"),
	listed("Object.hasOwn", "whether an object has a field", `Object.hasOwn(value, "name")`),
	listed("Object.keys", "the names of an object", "Object.keys(value)"),
	listed("Object.values", "the values of an object", "Object.values(value)"),
	listed("Array.from", "a list of what can be walked, or of a length", "Array.from(items)", "Array.from({length: 3}, (_, i) => i)"),
	listed("Array.isArray", "whether a value is a list", "Array.isArray(value)"),
	listed("Map", "a table of keys and values", "new Map([[text, value]])"),
	listed("Map.groupBy", "a Map of lists, by what a function makes of each item", "Map.groupBy(items, item => item.sku)"),
	listed("Set", "values, each once", "[...new Set(items)]"),

	listed("Math.abs", "a number without its sign", "Math.abs(number)"),
	listed("Math.ceil", "the next whole number upwards", "Math.ceil(number)"),
	listed("Math.floor", "the next whole number downwards", "Math.floor(number)"),
	listed("Math.max", "the greatest number", "Math.max(number, 1)", "Math.max(...items.map(item => item.price))"),
	listed("Math.min", "the smallest number", "Math.min(number, 1)", "Math.min(...items.map(item => item.price))"),
	listed("Math.pow", "a number to the power of another", "Math.pow(number, 2)"),
	listed("Math.round", "the nearest whole number", "Math.round(number)"),
	listed("Math.sign", "-1, 0 or 1", "Math.sign(number)"),
	listed("Math.sqrt", "the square root", "Math.sqrt(number)"),
	listed("Math.trunc", "a number without what is behind the point", "Math.trunc(number)"),
	listed("Number.isInteger", "whether a value is a whole number", "Number.isInteger(value)"),
	listed("toFixed", "a number with so many digits behind the point", "number.toFixed(2)"),
	listed("toPrecision", "a number with so many digits", "number.toPrecision(3)"),
	listed("toLocaleString", "a number or a time as it is written in a locale", `number.toLocaleString("de")`, `new Date(0).toLocaleString("de")`),
	listed("toString", "a value as text, a number in another base", "value.toString()", "number.toString(16)"),
	listed("Intl.NumberFormat", "a number as it is written in a locale", `new Intl.NumberFormat("de", {style: "currency", currency: "EUR"}).format(number)`),
	listed("Intl.DateTimeFormat", "a time as it is written in a locale", `new Intl.DateTimeFormat("de", {dateStyle: "long"}).format(new Date(0))`),

	listed("at", "the character or the item at a place, below 0 from the end", "text.at(-1)", "items.at(-1)"),
	listed("charAt", "the character at a place, from 0", "text.charAt(0)"),
	listed("concat", "a text or a list with others behind it", `text.concat("!")`, "items.concat([value])"),
	listed("endsWith", "whether a text ends so", `text.endsWith("a")`),
	listed("includes", "whether a text or a list has something", `text.includes("a")`, "items.includes(value)"),
	listed("indexOf", "where something first stands in a text or a list, or -1", `text.indexOf("a")`, "items.indexOf(value)"),
	listed("lastIndexOf", "where something last stands in a text or a list, or -1", `text.lastIndexOf("a")`, "items.lastIndexOf(value)"),
	listed("localeCompare", "below 0, 0 or above 0 as a text comes before, with or behind another", `text.localeCompare("a")`),
	listed("match", "what a regular expression matches, with its groups, or null", "text.match(/[0-9]+/)", "text.match(/[0-9]+/g)"),
	listed("matchAll", "all matches of a regular expression, with their groups", "[...text.matchAll(/[0-9]+/g)]"),
	listed("normalize", "the normal form of Unicode", "text.normalize()"),
	listed("padEnd", "a text as long as asked for, filled up behind", `text.padEnd(8, ".")`),
	listed("padStart", "a text as long as asked for, filled up before", `text.padStart(8, "0")`),
	listed("repeat", "a text so many times", "text.repeat(2)"),
	listed("replace", "another text for the first one, or for what a regular expression matches", `text.replace("-", "+")`, `text.replace(/[0-9]+/g, "#")`),
	listed("replaceAll", "another text for one, wherever that stands", `text.replaceAll("-", "+")`),
	listed("slice", "the characters or items from a place to before another one, below 0 from the end", "text.slice(0, 3)", "items.slice(-2)"),
	listed("split", "a list of what stands between the separators", `text.split(",")`),
	listed("startsWith", "whether a text starts so", `text.startsWith("a")`),
	listed("substring", "the characters from a place, up to another one", "text.substring(1)", "text.substring(0, 3)"),
	listed("test", "whether a regular expression matches", "/^[a-z]+$/.test(text)"),
	listed("toLowerCase", "all letters in lower case", "text.toLowerCase()"),
	listed("toUpperCase", "all letters in upper case", "text.toUpperCase()"),
	listed("trim", "without white space at the start and the end", "text.trim()"),
	listed("trimEnd", "without white space at the end", "text.trimEnd()"),
	listed("trimStart", "without white space at the start", "text.trimStart()"),

	listed("entries", "the places and items of a list, in pairs", "[...items.entries()]"),
	listed("every", "whether a condition holds for all items", "items.every(item => item.price > 4)"),
	listed("filter", "the items for which a condition holds", "items.filter(item => item.price > 4)"),
	listed("find", "the first item for which a condition holds", "items.find(item => item.price > 4)"),
	listed("findIndex", "the place of that item, or -1", "items.findIndex(item => item.price > 4)"),
	listed("findLast", "the last item for which a condition holds", "items.findLast(item => item.price > 4)"),
	listed("flat", "a list with the items of the lists in it", "items.flat()"),
	listed("flatMap", "the items of the lists that a function makes of each item", "items.flatMap(item => [item.sku, item.price])"),
	listed("join", "the items of a list as one text", `items.join(", ")`),
	listed("map", "what a function makes of each item", "items.map(item => item.sku)"),
	listed("reduce", "what a function makes of all items, one after the other", "items.reduce((sum, item) => sum + item.price, 0)"),
	listed("some", "whether a condition holds for an item", "items.some(item => item.price > 4)"),
	listed("toReversed", "the items from last to first", "items.toReversed()"),
	listed("toSorted", "the items in ascending order, or in that of a function", "items.toSorted((a, b) => a.price - b.price)"),
	listed("with", "a list with another item at a place", "items.with(0, value)"),

	listed("Date", "a time, of milliseconds or of RFC 3339", `new Date("2024-02-29T12:00:00Z")`, "new Date(0)"),
	listed("Date.now", "the milliseconds of the evaluation's time, the same all through it", "Date.now()"),
	listed("Date.parse", "the milliseconds of a time", `Date.parse("2024-02-29T12:00:00Z")`),
	listed("getDate", "the day of the month", "new Date(0).getDate()"),
	listed("getDay", "the day of the week, from 0 on Sunday", "new Date(0).getDay()"),
	listed("getFullYear", "the year", "new Date(0).getFullYear()"),
	listed("getHours", "the hour", "new Date(0).getHours()"),
	listed("getMinutes", "the minute", "new Date(0).getMinutes()"),
	listed("getMonth", "the month, from 0", "new Date(0).getMonth()"),
	listed("getTime", "the milliseconds of a time", "new Date(0).getTime()"),
	listed("toISOString", "a time as RFC 3339", "new Date(0).toISOString()"),
	listed("toLocaleDateString", "the date as it is written in a locale", `new Date(0).toLocaleDateString("de")`),
}

// Signatures returns what an author can insert, by name: the table, and of sotto's own
// functions those which do as a filter does.
var Signatures = sync.OnceValue(func() []eval.Signature {
	own := slices.Concat(ownFunctions, wordFunctions)
	return eval.Signatures(signatureTable, func(name, _ string) bool {
		return slices.ContainsFunc(own, func(f *Func) bool { return f.Name == name })
	})
})
