package cel

import (
	"sync"

	"github.com/sotto-render/sotto/engine/internal/eval"
)

// listed is short for the table's sake.
var listed = eval.SignatureOf

// signatureTable is the list of what CEL and its extensions have for an author to
// insert. What does as a filter does is not here: it has the filter's words.
var signatureTable = []eval.Signature{
	listed("has", "whether a field is there", "has(value.name)"),
	listed("size", "how many items or characters there are", "size(value)", "value.size()"),
	listed("now", "the time of the evaluation, the same all through it", "now()"),
	listed("cel.bind", "an expression in which a value has a name", "cel.bind(name, value, [name, name])"),

	listed("bool", "a text as true or false", "bool(text)"),
	listed("bytes", "the bytes of a text", "bytes(text)"),
	listed("double", "a number, or a text that spells one", "double(value)"),
	listed("duration", "a span of time", `duration("90m")`),
	listed("int", "a whole number, without what is behind the point, or the seconds of a time", "int(value)"),
	listed("string", "a value as text", "string(value)"),
	listed("timestamp", "the time that RFC 3339 spells", `timestamp("2024-02-29T12:00:00Z")`),
	listed("type", "the type of a value", "type(value) == string"),
	listed("uint", "a whole number that is not below 0", "uint(value)"),

	listed("charAt", "the character at a place, from 0", "text.charAt(0)"),
	listed("contains", "whether a text stands in another", `text.contains("a")`),
	listed("endsWith", "whether a text ends so", `text.endsWith("a")`),
	listed("format", "a text with values in the places of `%s`, `%d`, `%.2f` and the like", `"%s: %.2f".format([text, number])`),
	listed("indexOf", "where a text first stands in another, or -1", `text.indexOf("a")`, `text.indexOf("a", 1)`),
	listed("join", "the items of a list as one text", "items.join()", `items.join(", ")`),
	listed("lastIndexOf", "where a text last stands in another, or -1", `text.lastIndexOf("a")`),
	listed("lowerAscii", "the letters A to Z in lower case", "text.lowerAscii()"),
	listed("matches", "whether a regular expression matches somewhere", `text.matches("^[a-z]+$")`),
	listed("replace", "another text for one, wherever that stands, or so many times", `text.replace("-", "+")`, `text.replace("-", "+", 1)`),
	listed("reverse", "the characters or the items from last to first", "value.reverse()"),
	listed("split", "a list of what stands between the separators", `text.split(",")`, `text.split(",", 2)`),
	listed("startsWith", "whether a text starts so", `text.startsWith("a")`),
	listed("strings.quote", "a text in quotes, with escapes", "strings.quote(text)"),
	listed("substring", "the characters from a place, up to another one", "text.substring(1)", "text.substring(0, 3)"),
	listed("trim", "without white space at the start and the end", "text.trim()"),
	listed("upperAscii", "the letters a to z in upper case", "text.upperAscii()"),

	listed("regex.extract", "the first match, as an optional", `regex.extract(text, "[0-9]+").orValue("")`),
	listed("regex.extractAll", "all matches", `regex.extractAll(text, "[0-9]+")`),
	listed("regex.replace", "another text for what matches, wherever that stands, or so many times", `regex.replace(text, "[0-9]+", "#")`, `regex.replace(text, "([0-9])", "#\\1", 1)`),

	listed("base64.decode", "the bytes behind base64", "base64.decode(text)"),
	listed("base64.encode", "bytes as base64", "base64.encode(bytes(text))"),
	listed("json_decode", "the object, list or other value that JSON spells", "json_decode(text)"),
	listed("json_encode", "the value as compact JSON, or on lines indented by so many spaces", "json_encode(value)", "json_encode(value, 2)"),

	listed("math.abs", "a number without its sign", "math.abs(number)"),
	listed("math.ceil", "the next whole number upwards", "math.ceil(number)"),
	listed("math.floor", "the next whole number downwards", "math.floor(number)"),
	listed("math.greatest", "the greatest number", "math.greatest(number, 1)", "math.greatest([1, 2])"),
	listed("math.isFinite", "whether a number is neither infinite nor NaN", "math.isFinite(number)"),
	listed("math.isNaN", "whether a number is NaN", "math.isNaN(number)"),
	listed("math.least", "the smallest number", "math.least(number, 1)", "math.least([1, 2])"),
	listed("math.round", "the nearest whole number", "math.round(number)"),
	listed("math.sign", "-1, 0 or 1", "math.sign(number)"),
	listed("math.sqrt", "the square root", "math.sqrt(number)"),
	listed("math.trunc", "a number without what is behind the point", "math.trunc(number)"),

	listed("all", "whether a condition holds for all items", "items.all(item, item.price > 4)"),
	listed("distinct", "each item once", "items.distinct()"),
	listed("exists", "whether a condition holds for an item", "items.exists(item, item.price > 4)"),
	listed("exists_one", "whether a condition holds for one item alone", "items.exists_one(item, item.price > 4)"),
	listed("filter", "the items for which a condition holds", "items.filter(item, item.price > 4)"),
	listed("first", "the first item, as an optional", "items.first().orValue(null)"),
	listed("flatten", "a list with the items of the lists in it", "items.flatten()", "items.flatten(2)"),
	listed("last", "the last item, as an optional", "items.last().orValue(null)"),
	listed("lists.range", "the whole numbers from 0, so many", "lists.range(3)"),
	listed("map", "what an expression makes of each item", "items.map(item, item.sku)"),
	listed("slice", "the items from a place to before another one", "items.slice(0, 2)"),
	listed("sort", "the items in ascending order", "items.sort()"),
	listed("sortBy", "the items in ascending order of what an expression makes of each", "items.sortBy(item, item.price)"),
	listed("transformList", "what an expression makes of each place and item, or key and value", "items.transformList(i, item, string(i) + item.sku)"),
	listed("transformMap", "a map with what an expression makes of each value", "value.transformMap(key, item, string(item))"),
	listed("sets.contains", "whether a list has all items of another", "sets.contains(items, [1])"),
	listed("sets.equivalent", "whether two lists have the same items", "sets.equivalent(items, [1])"),
	listed("sets.intersects", "whether two lists have an item in common", "sets.intersects(items, [1])"),

	listed("getDayOfMonth", "the day of the month, from 0, in UTC or a time zone", "timestamp(text).getDayOfMonth()", `timestamp(text).getDayOfMonth("Europe/Zurich")`),
	listed("getFullYear", "the year, in UTC or a time zone", "timestamp(text).getFullYear()", `timestamp(text).getFullYear("Europe/Zurich")`),
	listed("getHours", "the hour, in UTC or a time zone", "timestamp(text).getHours()", `timestamp(text).getHours("Europe/Zurich")`),
	listed("getMinutes", "the minute, or the minutes of a duration", "timestamp(text).getMinutes()", "duration(text).getMinutes()"),
	listed("getMonth", "the month, from 0, in UTC or a time zone", "timestamp(text).getMonth()", `timestamp(text).getMonth("Europe/Zurich")`),

	listed("hasValue", "whether an optional has a value", "value.?name.hasValue()"),
	listed("optMap", "an optional with what an expression makes of its value", `value.?name.optMap(name, name + "!").orValue("")`),
	listed("optional.none", "an optional without a value", "optional.none()"),
	listed("optional.of", "an optional with a value", "optional.of(value)"),
	listed("orValue", "the value of an optional, or another one", `value.?name.orValue("")`),
}

// Signatures returns what an author can insert, by name: the table, and of the
// functions that the environment has beyond it those which do as a filter does.
var Signatures = sync.OnceValue(func() []eval.Signature {
	return eval.Signatures(signatureTable, func(_, form string) bool {
		_, wrong := Check(form, eval.DefaultLimits, nil)
		return len(wrong) == 0
	})
})
