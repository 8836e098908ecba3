package escape

// beyondHeader names the filters that write any text in ASCII.
const beyondHeader = "a header can hold tab and the characters from U+0020 to U+007E only: " +
	"`| rfc2047` encodes the words of a mail header, `| rfc8187` the value of a parameter such as filename*"

// fitsHeader reports whether a header can carry the text. RFC 9110 has senders
// keep to ASCII: what other bytes mean, each recipient decides for itself.
func fitsHeader(text string) bool {
	for i := range len(text) {
		if c := text[i]; (c < ' ' || c > '~') && c != '\t' {
			return false
		}
	}
	return true
}
