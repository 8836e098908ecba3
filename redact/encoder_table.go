package redact

import (
	"strings"
	"unicode/utf8"
)

// punctuation is what ASCII has besides letters, digits, blanks and controls.
const punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"

// encoders are those whose output is not known by another file: see form_json.go for
// JSON and Go, form_literal.go for literals of what is not ASCII, form_url.go for
// URLs, form_markup.go for HTML.
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
		var changed [256]bool
		for i := range len(row.chars) {
			changed[row.chars[i]] = true
		}
		all = append(all, encoder{source: row.source, changes: row.chars, sign: &row.sign, append: func(dst []byte, text string) []byte {
			for i := range len(text) {
				if changed[text[i]] {
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
		encoder{source: "Ruby Regexp.escape", changes: "[]{}()|-*.\\?+^$# \t\n\r\f\v", append: func(dst []byte, text string) []byte {
			return appendLiteral(dst, text, "[]{}()|-*.?+^$# ", "nrtfv", nil)
		}},
		encoder{source: "Ruby Shellwords.escape of what is not ASCII, shells of old", changes: " !\"#$%&'()*;<=>?[\\]^`{|}~\n", wide: true, append: func(dst []byte, text string) []byte {
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
		all = append(all, encoder{source: row.source, changes: row.char, append: func(dst []byte, text string) []byte {
			return append(dst, strings.ReplaceAll(text, row.char, row.text)...)
		}})
	}
	return append(all,
		encoder{source: "RFC 2045, quoted-printable; its line breaks are taken out by joined.go", changes: "=\t", wide: true, controls: true, append: func(dst []byte, text string) []byte {
			return appendQuotedPrintable(dst, text, "=\t", "\r\n")
		}},
		encoder{source: "RFC 2047, Q", changes: "=?_ ", wide: true, controls: true, append: func(dst []byte, text string) []byte {
			return appendQuotedPrintable(dst, text, "=?_ ", "")
		}},
		encoder{source: "rsyslog, control characters", controls: true, append: func(dst []byte, text string) []byte {
			return appendBytes(dst, text, "", control, appendNumber)
		}},
		encoder{source: "rsyslog, all that is not ASCII too", wide: true, controls: true, append: func(dst []byte, text string) []byte {
			return appendBytes(dst, text, "", func(c byte) bool { return control(c) || c >= utf8.RuneSelf }, appendNumber)
		}},
		encoder{source: "nginx access logs", changes: "\"\\", wide: true, controls: true, append: func(dst []byte, text string) []byte {
			return appendBytes(dst, text, "\"\\", func(c byte) bool { return control(c) || c >= utf8.RuneSelf }, appendHexByte)
		}},
		encoder{source: "nginx access logs of UTF-8, HAProxy, Envoy", changes: "\"\\", controls: true, append: func(dst []byte, text string) []byte {
			return appendBytes(dst, text, "\"\\", control, appendHexByte)
		}},
		encoder{source: "RFC 4515, filters of LDAP", changes: "*()\\", wide: true, controls: true, append: func(dst []byte, text string) []byte {
			return appendBytes(dst, text, "*()\\", func(c byte) bool { return c == 0 || c >= utf8.RuneSelf }, func(dst []byte, c byte) []byte {
				return append(dst, '\\', hexDigits[c>>4], hexDigits[c&15])
			})
		}},
		encoder{source: "systemd-escape, mount units", changes: punctuation + " ", wide: true, controls: true, append: func(dst []byte, text string) []byte {
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
		encoder{source: "cat -v, less, vis", controls: true, append: func(dst []byte, text string) []byte {
			return appendBytes(dst, text, "", func(c byte) bool { return control(c) && c != '\n' && c != '\t' }, func(dst []byte, c byte) []byte {
				return append(dst, '^', c^0x40)
			})
		}},
		encoder{source: "line breaks of Windows", changes: "\n", lines: true, append: func(dst []byte, text string) []byte {
			return append(dst, strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\n", "\r\n")...)
		}},
		encoder{source: "line breaks of Unix", changes: "\r", lines: true, append: func(dst []byte, text string) []byte {
			return append(dst, strings.ReplaceAll(text, "\r\n", "\n")...)
		}},
	)
}()
