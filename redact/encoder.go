package redact

import (
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// encoder is one way in which real tools write a text: a row of [encoders]. It
// leaves letters and digits alone; what writes every byte anew is in form_base64.go
// and forms.go.
type encoder struct {
	// source says who writes so.
	source string
	// changes are the ASCII characters that it writes otherwise; wide is set if it
	// does so with characters that are not ASCII, and controls with control characters.
	changes        string
	wide, controls bool
	// lines is set if it writes the lines of a text otherwise and nothing else.
	lines bool
	// append appends text as the encoder writes it.
	append func(dst []byte, text string) []byte
}

// features are what tells for which encoders a text is another one.
type features struct {
	ascii          [2]uint64
	wide, controls bool
}

func featuresOf(text string) (f features) {
	for i := range len(text) {
		switch c := text[i]; {
		case c >= utf8.RuneSelf:
			f.wide = true
		case c < ' ' || c == 0x7f:
			f.controls = true
			f.ascii[c>>6] |= 1 << (c & 63)
		default:
			f.ascii[c>>6] |= 1 << (c & 63)
		}
	}
	return f
}

// any reports whether the text has one of some ASCII characters.
func (f features) any(chars string) bool {
	for i := range len(chars) {
		if c := chars[i]; f.ascii[c>>6]>>(c&63)&1 != 0 {
			return true
		}
	}
	return false
}

func (e *encoder) concerns(f features) bool {
	return e.wide && f.wide || e.controls && f.controls || f.any(e.changes)
}

// punctuation is what ASCII has besides letters, digits, blanks and controls.
const punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"

// encoders are those whose output is not known by another file: see form_json.go for
// JSON and Go, form_url.go for URLs, form_markup.go for HTML.
var encoders = func() []encoder {
	var all []encoder
	// A sign before each of some characters.
	for _, row := range [...]struct{ source, sign, chars string }{
		{"Go regexp.QuoteMeta", `\`, "\\.+*?()|[]{}^$"},
		{"JavaScript lodash escapeRegExp, MDN", `\`, "^$\\.*+?()[]{}|"},
		{"RegExp.escape of ES2025 but for its first letter; MDN's older advice", `\`, "^$\\.*+?()[]{}|/-"},
		{"Perl quotemeta", `\`, strings.ReplaceAll(punctuation, "_", "") + " \t\n\r"},
		{"PHP preg_quote", `\`, ".\\+*?[^]$(){}=!<>|:-#"},
		{"PHP preg_quote with the delimiter /", `\`, ".\\+*?[^]$(){}=!<>|:-#/"},
		{"Python 3 re.escape", `\`, "()[]{}?*+-|^$\\.&~# \t\n\r\v\f"},
		{"Rust regex::escape", `\`, "\\.+*?()|[]{}^$#&-~"},
		{"Java's and .NET's Regex.Escape", `\`, "\\*+?|{[()^$.# "},
		{"CommonMark: any ASCII punctuation", `\`, punctuation},
		{"Telegram MarkdownV2", `\`, "_*[]()~`>#+-=|{}.!\\"},
		{"Markdown of John Gruber, turndown", `\`, "\\`*_{}[]()#+-.!"},
		{"Markdown without the rarer ones: turndown, pandoc", `\`, "\\`*_[]<>#"},
		{"Discord, Slack and chats like them", `\`, "\\*_~`|>"},
		{"bash printf %q, also of blanks; ${x@Q} of ksh", `\`, " '\"\\|&;()<>!{}*[?]^$`,"},
		{"bash printf %q, # and ~", `\`, " '\"\\|&;()<>!{}*[?]^$`,#~"},
		{"zsh ${(q)x}", `\`, " '\"\\|&;()<>{}*[?]^$`#~="},
		{"fish string escape", `\`, " '\"\\|&;()<>{}*[?]$`#~%"},
		{"Ruby Shellwords.escape", `\`, " !\"#$%&'()*;<=>?[\\]^`{|}~"},
		{"dash and posix scripts that escape by hand", `\`, " '\"\\|&;()<>*?[]$`#~=%"},
		{"a shell's double quotes", `\`, "$`\"\\"},
		{"a shell's double quotes with history", `\`, "$`\"\\!"},
		{"PHP addslashes, MySQL, C, Rust escape_default, JavaScript", `\`, "'\"\\"},
		{"PHP var_export, Python repr, Node inspect, Perl '', PostgreSQL E''", `\`, "'\\"},
		{"C, Java, C#, TOML, Lua %q, Ruby inspect", `\`, "\"\\"},
		{"Kotlin, Groovy, Dart, PHP in double quotes", `\`, "\"$\\"},
		{"Perl in double quotes", `\`, "\"$@\\"},
		{"JavaScript template literals", `\`, "`$\\"},
		{"Node inspect in backticks", `\`, "`\\"},
		{"Ruby inspect and dump of #{, #$ and #@", `\`, "\"#\\"},
		{"only apostrophes", `\`, "'"},
		{"only quotation marks", `\`, "\""},
		{"backslashes alone: Windows paths, YAML, regular expressions", `\`, "\\"},
		{"java.util.Properties keys", `\`, ":=#!\\ "},
		{"java.util.Properties values", `\`, ":=#!\\"},
		{"sed and awk with the delimiter /", `\`, "\\/.*[]^$&"},
		{"sed's replacement", `\`, "\\/&"},
		{"RFC 4514, names of LDAP", `\`, ",+\"\\<>;=#"},
		{"crontab", `\`, "%"},
		{"LIKE of SQL", `\`, "%_\\"},
		{"LaTeX", `\`, "#$%&_{}"},
		{"RFC 5545, vCard, iCalendar", `\`, "\\;,"},
		{"RFC 5424, structured data", `\`, "\"\\]"},
		{"Prometheus, logfmt", `\`, "\"\\"},
		{"GNU Make, Docker Compose", "$", "$"},
		{"systemd units, batch files, printf", "%", "%"},
		{"SQL, YAML, PowerShell, Pascal in apostrophes", "'", "'"},
		{"CSV, Visual Basic, PowerShell, XQuery in quotation marks", `"`, `"`},
		{"SQL identifiers of MySQL, BigQuery", "`", "`"},
		{"PowerShell in quotation marks", "`", "`\"$"},
		{"cmd.exe", "^", "&|<>^"},
		{"cmd.exe with parentheses and quotation marks", "^", "&|<>^()\"%!"},
		{"cmd.exe with parentheses", "^", "&|<>^()"},
		{"format strings of Python, .NET and Rust", "", "{}"},
		{"T-SQL identifiers", "]", "]"},
		{"Azure Pipelines, Razor", "@", "@"},
	} {
		all = append(all, encoder{row.source, row.chars, false, false, false, func(dst []byte, text string) []byte {
			for i := range len(text) {
				if strings.IndexByte(row.chars, text[i]) >= 0 {
					if row.sign == "" {
						dst = append(dst, text[i])
					}
					dst = append(dst, row.sign...)
				}
				dst = append(dst, text[i])
			}
			return dst
		}})
	}
	all = append(all,
		encoder{"Ruby Regexp.escape", "[]{}()|-*.\\?+^$# \t\n\r\f\v", false, false, false, func(dst []byte, text string) []byte {
			return appendLiteral(dst, text, "[]{}()|-*.?+^$# ", "nrtfv", nil)
		}},
		encoder{"Ruby Shellwords.escape of what is not ASCII, shells of old", " !\"#$%&'()*;<=>?[\\]^`{|}~\n", true, false, false, func(dst []byte, text string) []byte {
			for _, r := range text {
				switch {
				case r == '\n':
					dst = append(dst, "'\n'"...)
					continue
				case r >= utf8.RuneSelf || strings.ContainsRune(" !\"#$%&'()*;<=>?[\\]^`{|}~", r):
					dst = append(dst, '\\')
				}
				dst = utf8.AppendRune(dst, r)
			}
			return dst
		}},
	)
	// A text in the place of a character.
	for _, row := range [...]struct {
		source, char, text string
	}{
		{"a shell's apostrophe: bash set -x and ${x@Q}, Ruby, PHP escapeshellarg", "'", `'\''`},
		{"Python shlex.quote, Ansible", "'", `'"'"'`},
		{"rc, plan 9, COBOL", "'", `''`},
		{"Nix", "$", `''$`},
		{"Terraform", "$", `$$`},
		{"JSON with escaped slashes, of any text", "/", `\/`},
		{"RFC 2047, Q", " ", "_"},
		{"RFC 6901, JSON Pointer", "/", "~1"},
		{"CDATA of XML, blanks of HTML", " ", "&nbsp;"},
	} {
		all = append(all, encoder{row.source, row.char, false, false, false, func(dst []byte, text string) []byte {
			return append(dst, strings.ReplaceAll(text, row.char, row.text)...)
		}})
	}
	return append(all,
		encoder{"RFC 2045, quoted-printable; its line breaks are taken out by joined.go", "=\t", true, true, false, func(dst []byte, text string) []byte {
			return appendQuotedPrintable(dst, text, "=\t", "\r\n")
		}},
		encoder{"RFC 2047, Q", "=?_ ", true, true, false, func(dst []byte, text string) []byte {
			return appendQuotedPrintable(dst, text, "=?_ ", "")
		}},
		encoder{"rsyslog, control characters", "", false, true, false, func(dst []byte, text string) []byte {
			return appendBytes(dst, text, "", control, appendNumber)
		}},
		encoder{"rsyslog, all that is not ASCII too", "", true, true, false, func(dst []byte, text string) []byte {
			return appendBytes(dst, text, "", func(c byte) bool { return control(c) || c >= utf8.RuneSelf }, appendNumber)
		}},
		encoder{"nginx access logs", "\"\\", true, true, false, func(dst []byte, text string) []byte {
			return appendBytes(dst, text, "\"\\", func(c byte) bool { return control(c) || c >= utf8.RuneSelf }, appendHexByte)
		}},
		encoder{"nginx access logs of UTF-8, HAProxy, Envoy", "\"\\", false, true, false, func(dst []byte, text string) []byte {
			return appendBytes(dst, text, "\"\\", control, appendHexByte)
		}},
		encoder{"RFC 4515, filters of LDAP", "*()\\", true, true, false, func(dst []byte, text string) []byte {
			return appendBytes(dst, text, "*()\\", func(c byte) bool { return c == 0 || c >= utf8.RuneSelf }, func(dst []byte, c byte) []byte {
				return append(dst, '\\', hexDigits[c>>4], hexDigits[c&15])
			})
		}},
		encoder{"systemd-escape, mount units", punctuation + " ", true, true, false, func(dst []byte, text string) []byte {
			for i := range len(text) {
				switch c := text[i]; {
				case c == '/':
					dst = append(dst, '-')
				case alphanumeric(c) || c == ':' || c == '_' || c == '.':
					dst = append(dst, c)
				default:
					dst = appendHexByte(dst, c)
				}
			}
			return dst
		}},
		encoder{"cat -v, less, vis", "", false, true, false, func(dst []byte, text string) []byte {
			return appendBytes(dst, text, "", func(c byte) bool { return control(c) && c != '\n' && c != '\t' }, func(dst []byte, c byte) []byte {
				return append(dst, '^', c^0x40)
			})
		}},
		encoder{"line breaks of Windows", "\n", false, false, true, func(dst []byte, text string) []byte {
			return append(dst, strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\n", "\r\n")...)
		}},
		encoder{"line breaks of Unix", "\r", false, false, true, func(dst []byte, text string) []byte {
			return append(dst, strings.ReplaceAll(text, "\r\n", "\n")...)
		}},
	)
}()

func control(c byte) bool { return c < ' ' || c == 0x7f }

// appendBytes appends text with the bytes written by write that are among chars or
// that escape picks.
func appendBytes(dst []byte, text, chars string, escape func(c byte) bool, write func(dst []byte, c byte) []byte) []byte {
	for i := range len(text) {
		if c := text[i]; escape(c) || strings.IndexByte(chars, c) >= 0 {
			dst = write(dst, c)
		} else {
			dst = append(dst, c)
		}
	}
	return dst
}

// appendNumber appends #NNN, octal.
func appendNumber(dst []byte, c byte) []byte {
	return append(dst, '#', '0'+c>>6, '0'+c>>3&7, '0'+c&7)
}

func appendHexByte(dst []byte, c byte) []byte {
	return append(dst, '\\', 'x', hexDigits[c>>4], hexDigits[c&15])
}

func appendOctal(dst []byte, c byte) []byte {
	return append(dst, '\\', '0'+c>>6, '0'+c>>3&7, '0'+c&7)
}

// appendQuotedPrintable appends text with =XX for what is not printable ASCII and for
// chars; kept are control characters that stay.
func appendQuotedPrintable(dst []byte, text, chars, kept string) []byte {
	for i := range len(text) {
		c := text[i]
		if (c < ' ' || c > '~') && strings.IndexByte(kept, c) < 0 || strings.IndexByte(chars, c) >= 0 {
			dst = append(dst, '=', hexUpper[c>>4], hexUpper[c&15])
		} else {
			dst = append(dst, c)
		}
	}
	return dst
}

const hexUpper = "0123456789ABCDEF"

// wideStyle is how a literal of some language writes what is not ASCII.
type wideStyle struct {
	source string
	append func(dst []byte, r rune) []byte
}

var wideStyles = [...]wideStyle{
	{"as it is: Python repr, Node, Ruby inspect, Go", nil},
	{"bytes of Python and C, \\xNN", func(dst []byte, r rune) []byte {
		return eachByte(dst, r, appendHexByte)
	}},
	{"octal: bash $'', C, git, ls", func(dst []byte, r rune) []byte {
		return eachByte(dst, r, appendOctal)
	}},
	{"Python ascii(), PyYAML: \\xNN, \\uNNNN or \\UNNNNNNNN", func(dst []byte, r rune) []byte {
		switch {
		case r < 0x100:
			return appendHexByte(dst, byte(r))
		case r < 0x10000:
			return appendUnit(dst, uint16(r))
		}
		return appendLong(dst, r)
	}},
	{"Rust, Swift, PHP, ES2015: \\u{N}", appendBraced},
	{"Ruby dump: \\uNNNN, \\u{N} beyond", func(dst []byte, r rune) []byte {
		if r < 0x10000 {
			return appendUnit(dst, uint16(r))
		}
		return appendBraced(dst, r)
	}},
	{"Java, JavaScript, C#, properties: \\uNNNN of UTF-16", func(dst []byte, r rune) []byte {
		if r < 0x10000 {
			return appendUnit(dst, uint16(r))
		}
		high, low := utf16.EncodeRune(r)
		return appendUnit(appendUnit(dst, uint16(high)), uint16(low))
	}},
	{"C11, Go %+q: \\uNNNN, \\UNNNNNNNN beyond", func(dst []byte, r rune) []byte {
		if r < 0x10000 {
			return appendUnit(dst, uint16(r))
		}
		return appendLong(dst, r)
	}},
}

// literalQuotes are what literals write with a backslash besides the backslash: Go
// and JSON, C in one or both quotes, JavaScript's templates, Kotlin and PHP, Ruby,
// properties.
var literalQuotes = [...]string{"", "\"", "'", "\"'", "`", "\"$", "\"#", ":=#! ", ":=#!"}

// literalShorts are the control characters that have a letter of their own in JSON,
// in C and Go, with \0 and \e.
var literalShorts = [...]string{"nrt", "", "nrtbf", "nrtbfv0", "nrtabfve0", "abtnvfr"}

// literals adds the literals of programming languages: what they put before quotes,
// times how they write what is not ASCII, times their letters for controls. Only
// those are tried that tell something in text apart.
func (f *forms) literals(text string, has features) {
	if !has.wide && !has.controls {
		return // rows of encoders
	}
	styles, shorts := wideStyles[:], literalShorts[:]
	if !has.controls {
		shorts = shorts[:1]
	}
	if !has.wide && !has.any("\x00\x01\x02\x03\x04\x05\x06\a\b\v\f\x0e\x0f\x10\x1b\x7f") && len(text) > 256 {
		shorts = shorts[:1] // lines and tabs alone, as in most long texts
		styles = styles[:1]
	}
	var done []string
	for _, quotes := range literalQuotes {
		key := strings.Map(func(r rune) rune {
			if has.any(string(r)) {
				return r
			}
			return -1
		}, quotes)
		if slices.Contains(done, key) {
			continue
		}
		done = append(done, key)
		for _, style := range styles {
			for _, short := range shorts {
				f.buf = appendLiteral(f.buf, text, quotes, short, style.append)
				f.keepAll()
			}
		}
	}
}

// shortControls :: letter behind a backslash -> what it stands for
var shortControls = map[byte]byte{
	'n': '\n', 'r': '\r', 't': '\t', 'a': '\a', 'b': '\b', 'f': '\f', 'v': '\v', 'e': 0x1b, '0': 0,
}

func appendLiteral(dst []byte, text, quotes, short string, wide func(dst []byte, r rune) []byte) []byte {
next:
	for i, r := range text {
		switch {
		case r == '\\' || r < utf8.RuneSelf && strings.IndexByte(quotes, byte(r)) >= 0:
			dst = append(dst, '\\', byte(r))
		case r < ' ' || r == 0x7f:
			for j := range len(short) {
				if shortControls[short[j]] == byte(r) {
					dst = append(dst, '\\', short[j])
					continue next
				}
			}
			if wide == nil {
				dst = appendHexByte(dst, byte(r))
			} else {
				dst = wide(dst, r)
			}
		case r == utf8.RuneError && invalidAt(text, i):
			dst = appendHexByte(dst, text[i])
		case r >= utf8.RuneSelf && wide != nil:
			dst = wide(dst, r)
		default:
			dst = utf8.AppendRune(dst, r)
		}
	}
	return dst
}

func eachByte(dst []byte, r rune, write func(dst []byte, c byte) []byte) []byte {
	var encoded [utf8.UTFMax]byte
	for _, c := range encoded[:utf8.EncodeRune(encoded[:], r)] {
		dst = write(dst, c)
	}
	return dst
}

// appendBraced appends \u{N}.
func appendBraced(dst []byte, r rune) []byte {
	dst = append(dst, `\u{`...)
	started := false
	for shift := 20; shift >= 0; shift -= 4 {
		if digit := r >> shift & 15; digit != 0 || started || shift == 0 {
			dst, started = append(dst, hexDigits[digit]), true
		}
	}
	return append(dst, '}')
}

// appendLong appends \UNNNNNNNN.
func appendLong(dst []byte, r rune) []byte {
	dst = append(dst, '\\', 'U')
	for shift := 28; shift >= 0; shift -= 4 {
		dst = append(dst, hexDigits[r>>shift&15])
	}
	return dst
}
