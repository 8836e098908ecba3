package macros

import (
	"slices"
	"strings"
)

// commands are programs that are given a here-document or a shifted number where
// `<<` stands behind them.
var commands = []string{
	"awk", "bash", "bc", "cat", "curl", "done", "ed", "ftp", "grep", "kubectl", "mail", "mysql", "node", "perl", "psql", "python", "python3",
	"read", "ruby", "sed", "sftp", "sh", "sort", "sqlite3", "ssh", "sudo", "tee", "tr", "wc", "xargs", "zsh",
}

// macro judges a value that `<<` and `>>` put in, where it names a variable that
// nobody is known to give: it may be a shift or a here-document.
func (l *linter) macro(n *Output) {
	source, at := l.parser.source, int(n.Pos)
	v := variableOf(n.Value)
	if v == nil || l.full() || !strings.HasPrefix(source[at:], "<<") {
		return
	}
	if v.Root != nil || l.scope.defined[v.Name] > 0 || slices.Contains(l.options.Variables, v.Name) {
		return
	}
	shut := strings.Index(source[at:], ">>")
	if shut < 0 {
		return
	}
	behind := at + shut + len(">>")
	between := at > 0 && isWord(source[at-1]) && behind < len(source) && isWord(source[behind])
	if between || behindCommand(source[:at]) {
		l.find(SeverityWarning, CodeSuspectMacro, at, "this puts the variable "+backquoted(v.Name)+" in: write \\<< if << is meant to stay")
	}
}

func isWord(c byte) bool { return c != '-' && classes[c]&wordByte != 0 }

// behindCommand reports whether the last line of text is a command line.
func behindCommand(text string) bool {
	line := text[strings.LastIndexAny(text, "\n|;&(")+1:]
	words := strings.Fields(line)
	if len(words) > 0 && (words[0] == "$" || words[0] == "#" || words[0] == "sudo") {
		words = words[1:]
	}
	return len(words) > 0 && slices.Contains(commands, words[0])
}

// variableOf returns the variable that value begins with, or nil.
func variableOf(value Expr) *Variable {
	if filtered, ok := value.(*Filtered); ok {
		value = filtered.Value
	}
	v, _ := value.(*Variable)
	return v
}

// surplus looks for a third brace behind an object. One that closes a brace of the
// text is none.
func (l *linter) surplus(start, end int) {
	source := l.parser.source
	text := source[start:end]
	if l.open == 0 && start >= 2 && text[0] == '}' && source[start-2:start] == "}}" && !l.full() {
		l.find(SeverityWarning, CodeSuspectObject, start, "this brace stays text: an object closes with }}")
	}
	for i := range len(text) {
		switch text[i] {
		case '{':
			l.open++
		case '}':
			l.open = max(0, l.open-1)
		}
	}
}

// format judges the format of a date.
func (l *linter) format(f *Filter) {
	if len(f.Args) == 0 || l.full() {
		return
	}
	format, ok := literalText(f.Args[0])
	if !ok || strings.Contains(format, "%") {
		return
	}
	for _, letters := range []string{"YYYY", "yyyy", "YY", "MM", "DD", "dd", "HH", "hh", "mm", "ss"} {
		if strings.Contains(format, letters) {
			l.find(SeverityWarning, CodeSuspectFilter, int(f.Pos), "this format prints itself: a date is written with %, as in \"%Y-%m-%d %H:%M\"")
			return
		}
	}
}

// named judges the words that a variable consists of.
func (l *linter) named(v *Variable) {
	switch v.Name {
	case "else", "elsif", "endif", "endfor", "endunless":
		l.find(SeverityWarning, CodeSuspectTag, int(v.Pos), backquoted(v.Name)+" is a variable here: a tag is written {% "+v.Name+" %}")
	case "this":
		l.find(SeverityWarning, CodeSuspectTag, int(v.Pos), "`this` is a variable here: in Liquid a loop names its item, as in {% for item in list %}")
	}
	if n := len(v.Path); n > 0 && v.Path[n-1].Index == nil && v.Path[n-1].Key == "length" && v.Name != "forloop" && v.Name != "tablerowloop" && v.Name != "parentloop" {
		l.find(SeverityWarning, CodeSuspectFilter, int(v.Path[n-1].Pos), "`.length` is a field of that name: how many items or letters there are is `.size`")
	}
}
