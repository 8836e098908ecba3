// Package datetime reads and writes dates as templates and expressions do: like
// Ruby, in any time zone and in the words of many languages. Start at [Read] and
// [Format]. It knows no value of a language; its errors are fixed texts.
package datetime
