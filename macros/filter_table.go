package macros

func takes(parameters ...Parameter) []Parameter { return parameters }

func calls(calls ...string) []string { return calls }

func required(name string, kind Kind) Parameter { return Parameter{Name: name, Kind: kind} }

func optional(name string, kind Kind) Parameter {
	return Parameter{Name: name, Kind: kind, Optional: true}
}

func named(name string, kind Kind) Parameter {
	return Parameter{Name: name, Kind: kind, Named: true}
}

// filterTable is the one list of all filters: the engine takes its checks of
// arguments from it, the API its forms, and the documentation its words.
var filterTable = []FilterSignature{
	{"append", TextFilters, TextKind, takes(required("text", TextKind)), "the value with a text behind it", calls(`append: "!"`)},
	{"capitalize", TextFilters, TextKind, nil, "the first letter in upper case, the others in lower case", calls("capitalize")},
	{"downcase", TextFilters, TextKind, nil, "all letters in lower case", calls("downcase")},
	{"escape", TextFilters, TextKind, nil, "HTML with `<`, `>`, `&` and quotes escaped", calls("escape")},
	{"escape_once", TextFilters, TextKind, nil, "like `escape`, but what is escaped already stays", calls("escape_once")},
	{"h", TextFilters, TextKind, nil, "another name of `escape`", calls("h")},
	{"lstrip", TextFilters, TextKind, nil, "without white space at the start", calls("lstrip")},
	{"newline_to_br", TextFilters, TextKind, nil, "HTML with a `<br />` before each line break", calls("newline_to_br")},
	{"prepend", TextFilters, TextKind, takes(required("text", TextKind)), "the value with a text before it", calls(`prepend: "#"`)},
	{"remove", TextFilters, TextKind, takes(required("old", TextKind)), "without a text, wherever it stands", calls(`remove: "-"`)},
	{"remove_first", TextFilters, TextKind, takes(required("old", TextKind)), "without a text where it first stands", calls(`remove_first: "-"`)},
	{"remove_last", TextFilters, TextKind, takes(required("old", TextKind)), "without a text where it last stands", calls(`remove_last: "-"`)},
	{"replace", TextFilters, TextKind, takes(required("old", TextKind), optional("new", TextKind)), "another text for one, wherever that stands", calls(`replace: "-", "+"`)},
	{"replace_first", TextFilters, TextKind, takes(required("old", TextKind), optional("new", TextKind)), "another text for one where that first stands", calls(`replace_first: "-", "+"`)},
	{"replace_last", TextFilters, TextKind, takes(required("old", TextKind), required("new", TextKind)), "another text for one where that last stands", calls(`replace_last: "-", "+"`)},
	{"rstrip", TextFilters, TextKind, nil, "without white space at the end", calls("rstrip")},
	{"slice", TextFilters, AnyKind, takes(required("start", IntegerKind), optional("length", IntegerKind)),
		"one character or item, or as many as asked for; a start below 0 counts from the end", calls("slice: 0", "slice: -2, 2")},
	{"split", TextFilters, TextKind, takes(required("separator", TextKind)), "a list of what stands between the separators", calls(`split: ","`)},
	{"squish", TextFilters, TextKind, nil, "without white space around, and one space for any inside", calls("squish")},
	{"strip", TextFilters, TextKind, nil, "without white space at the start and the end", calls("strip")},
	{"strip_html", TextFilters, TextKind, nil, "without tags, comments, scripts and styles", calls("strip_html")},
	{"strip_newlines", TextFilters, TextKind, nil, "without line breaks", calls("strip_newlines")},
	{"truncate", TextFilters, TextKind, takes(optional("length", IntegerKind), optional("ending", TextKind)),
		"at most 50 characters, or as many as asked for, `...` or another ending included", calls("truncate", "truncate: 20", `truncate: 20, "…"`)},
	{"truncatewords", TextFilters, TextKind, takes(optional("words", IntegerKind), optional("ending", TextKind)),
		"at most 15 words, or as many as asked for, with `...` or another ending behind", calls("truncatewords", "truncatewords: 5", `truncatewords: 5, "…"`)},
	{"upcase", TextFilters, TextKind, nil, "all letters in upper case", calls("upcase")},

	{"abs", NumberFilters, NumberKind, nil, "without its sign", calls("abs")},
	{"at_least", NumberFilters, NumberKind, takes(required("number", NumberKind)), "the greater of two numbers", calls("at_least: 1")},
	{"at_most", NumberFilters, NumberKind, takes(required("number", NumberKind)), "the smaller of two numbers", calls("at_most: 10")},
	{"ceil", NumberFilters, NumberKind, nil, "the next whole number upwards", calls("ceil")},
	{"divided_by", NumberFilters, NumberKind, takes(required("number", NumberKind)), "the quotient; of two integers, rounded down", calls("divided_by: 2")},
	{"floor", NumberFilters, NumberKind, nil, "the next whole number downwards", calls("floor")},
	{"minus", NumberFilters, NumberKind, takes(required("number", NumberKind)), "the difference", calls("minus: 1")},
	{"modulo", NumberFilters, NumberKind, takes(required("number", NumberKind)), "the remainder of a division", calls("modulo: 2")},
	{"plus", NumberFilters, NumberKind, takes(required("number", NumberKind)), "the sum", calls("plus: 1")},
	{"currency", NumberFilters, NumberKind, takes(required("code", TextKind), optional("locale", TextKind)), "an amount of money as it is written in a locale, `en` where none is named", calls(`currency: "EUR"`, `currency: "EUR", "de"`)},
	{"number_with_delimiter", NumberFilters, NumberKind, takes(optional("delimiter", TextKind), optional("separator", TextKind)), "with `,` or another delimiter between groups of three digits, and `.` or another separator", calls("number_with_delimiter", `number_with_delimiter: ".", ","`)},
	{"number_with_precision", NumberFilters, NumberKind, takes(optional("digits", IntegerKind), optional("separator", TextKind)), "rounded to 3 digits, or as many as asked for, which are always shown", calls("number_with_precision", "number_with_precision: 2", `number_with_precision: 2, ","`)},
	{"pluralize", NumberFilters, NumberKind, takes(required("one", TextKind), required("many", TextKind)), "the first word where the number is 1, else the second", calls(`pluralize: "item", "items"`)},
	{"round", NumberFilters, NumberKind, takes(optional("digits", NumberKind)), "the nearest whole number, or as many digits behind the point as asked for", calls("round", "round: 2")},
	{"times", NumberFilters, NumberKind, takes(required("number", NumberKind)), "the product", calls("times: 2")},

	{"compact", ListFilters, ListKind, takes(optional("property", PropertyKind)), "without items that are `nil`, or whose property is", calls("compact", `compact: "price"`)},
	{"concat", ListFilters, ListKind, takes(required("list", ListKind)), "the items of both lists", calls("concat: list")},
	{"find", ListFilters, ListKind, takes(required("property", PropertyKind), optional("value", AnyKind)), "the first item whose property is the value, or true", calls(`find: "sale"`, `find: "sku", "b2"`)},
	{"find_index", ListFilters, ListKind, takes(required("property", PropertyKind), optional("value", AnyKind)), "the place of that item, from 0", calls(`find_index: "sale"`, `find_index: "sku", "b2"`)},
	{"first", ListFilters, ListKind, nil, "the first item", calls("first")},
	{"has", ListFilters, ListKind, takes(required("property", PropertyKind), optional("value", AnyKind)), "whether there is such an item", calls(`has: "sale"`, `has: "sku", "b2"`)},
	{"join", ListFilters, ListKind, takes(optional("separator", TextKind)), "the items as one text, with a space or another separator between them", calls("join", `join: ", "`)},
	{"last", ListFilters, ListKind, nil, "the last item", calls("last")},
	{"map", ListFilters, ListKind, takes(required("property", PropertyKind)), "the property of each item", calls(`map: "sku"`)},
	{"reject", ListFilters, ListKind, takes(required("property", PropertyKind), optional("value", AnyKind)), "without the items whose property is the value, or true", calls(`reject: "sale"`, `reject: "sku", "b2"`)},
	{"reverse", ListFilters, ListKind, nil, "the items from last to first", calls("reverse")},
	{"size", ListFilters, AnyKind, nil, "how many items or characters there are", calls("size")},
	{"sort", ListFilters, ListKind, takes(optional("property", PropertyKind)), "the items, or their property, in ascending order", calls("sort", `sort: "price"`)},
	{"sort_natural", ListFilters, ListKind, takes(optional("property", PropertyKind)), "the same, without regard to letter case", calls("sort_natural", `sort_natural: "name"`)},
	{"sum", ListFilters, ListKind, takes(optional("property", PropertyKind)), "the sum of the items, or of their property", calls("sum", `sum: "price"`)},
	{"to_sentence", ListFilters, ListKind, takes(optional("words", TextKind), optional("two_words", TextKind), optional("last_word", TextKind)), "the items as `a, b, and c`, or with other connectors", calls("to_sentence", `to_sentence: ", ", " und ", " und "`)},
	{"uniq", ListFilters, ListKind, takes(optional("property", PropertyKind)), "each item once, or each property once", calls("uniq", `uniq: "sku"`)},
	{"where", ListFilters, ListKind, takes(required("property", PropertyKind), optional("value", AnyKind)), "the items whose property is the value, or true", calls(`where: "sale"`, `where: "sku", "b2"`)},

	{"date", DateFilters, AnyKind, takes(required("format", TextKind), optional("zone", TextKind)), "the time by a strftime format, in an IANA time zone where one is named; what is no time stays", calls(`date: "%Y-%m-%d"`, `date: "%H:%M", "Asia/Dubai"`)},
	{"timezone", DateFilters, AnyKind, takes(required("zone", TextKind)), "the time in an IANA time zone; what is no time stays", calls(`timezone: "Europe/Zurich"`)},

	{"base64_decode", EncodingFilters, TextKind, nil, "the text behind base64", calls("base64_decode")},
	{"base64_encode", EncodingFilters, TextKind, nil, "base64", calls("base64_encode")},
	{"base64_url_safe_decode", EncodingFilters, TextKind, nil, "the text behind base64 of either alphabet, padded or not", calls("base64_url_safe_decode")},
	{"base64_url_safe_encode", EncodingFilters, TextKind, nil, "base64 with `-` and `_`, padded", calls("base64_url_safe_encode")},
	{"base64url", EncodingFilters, TextKind, nil, "base64 with `-` and `_`, without padding", calls("base64url")},
	{"basic_auth", EncodingFilters, AnyKind, takes(optional("password", TextKind)), "the credentials of HTTP Basic, from a secret with both or from a user", calls("basic_auth", `basic_auth: secrets.password`)},
	{"default", EncodingFilters, AnyKind, takes(optional("value", AnyKind), named("allow_false", BoolKind)),
		"another value where this one is missing, empty or, unless allowed, false", calls("default", `default: "you"`, `default: "you", allow_false: true`)},
	{"from_json", EncodingFilters, TextKind, nil, "the object, list or other value that JSON spells", calls("from_json")},
	{"hex", EncodingFilters, TextKind, nil, "the bytes in lower case hexadecimal", calls("hex")},
	{"hmac", EncodingFilters, TextKind, takes(required("key", TextKind), optional("algorithm", TextKind), optional("encoding", TextKind), named("key", TextKind)),
		"the HMAC by `sha1`, `sha256` or `sha512` in `hex`, `base64` or `base64url`; `key:` says that the key is itself `base64` or `hex`",
		calls("hmac: secrets.signing_key", `hmac: secrets.signing_key, "sha512", "base64"`, `hmac: secrets.signing_key, "sha256", "base64", key: "base64"`)},
	{"hmac_sha256", EncodingFilters, TextKind, takes(required("key", TextKind)), "the HMAC-SHA256 in hexadecimal: a signature that does not show its key", calls("hmac_sha256: secrets.signing_key")},
	{"json", EncodingFilters, AnyKind, takes(optional("indent", IntegerKind)), "the value as compact JSON, or on lines indented by so many spaces", calls("json", "json: 2")},
	{"jwt", EncodingFilters, AnyKind, takes(required("key", TextKind), required("algorithm", TextKind), optional("claims", AnyKind), named("kid", TextKind)),
		"a JSON Web Token of claims, an object or its JSON, signed by `HS256`, or by `RS256` or `ES256` with a key in PEM",
		calls(`jwt: secrets.signing_key, "HS256"`, `jwt: secrets.signing_key, "ES256", claims, kid: "ABC123"`)},
	{"md5", EncodingFilters, TextKind, nil, "the MD5 in hexadecimal: a checksum for older APIs, no protection", calls("md5")},
	{"path_escape", EncodingFilters, TextKind, nil, "percent-encoded; a space is `%20`", calls("path_escape")},
	{"raw", EncodingFilters, AnyKind, nil, "the value unescaped, whatever the context", calls("raw")},
	{"sha1", EncodingFilters, TextKind, nil, "the SHA-1 in hexadecimal", calls("sha1")},
	{"sha256", EncodingFilters, TextKind, nil, "the SHA-256 in hexadecimal", calls("sha256")},
	{"sha512", EncodingFilters, TextKind, nil, "the SHA-512 in hexadecimal", calls("sha512")},
	{"url_decode", EncodingFilters, TextKind, nil, "the text behind percent-encoding; `+` is a space", calls("url_decode")},
	{"url_encode", EncodingFilters, TextKind, nil, "percent-encoded for a form; a space is `+`", calls("url_encode")},
}
