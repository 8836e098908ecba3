package js

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// rareLocales are those in which some patterns differ from Node's: plurals, parts of
// the day, and words between day and time.
const rareLocales = "he-IL hi-IN vi-VN zh-TW fi-FI el-GR nb-NO sk-SK"

// TestFormatsAreNodes compares numbers and dates in the large locales.
func TestFormatsAreNodes(t *testing.T) {
	numbers := strings.Split("0|-0|1|-1|1234.5|-9876543.21|0.5|1e21|NaN|Infinity|-Infinity|12345|999999|1500000|0.000123|1.005|2.345|1e-7|100|123456789012", "|")
	options := strings.Split(`{}|{style:"percent"}|{style:"currency",currency:"USD"}|{style:"currency",currency:"EUR"}|{style:"currency",currency:"JPY"}|{style:"currency",currency:"CHF",currencyDisplay:"code"}|{style:"currency",currency:"GBP",currencyDisplay:"narrowSymbol"}|{style:"currency",currency:"USD",currencySign:"accounting"}|{minimumFractionDigits:2}|{maximumFractionDigits:0}|{minimumFractionDigits:2,maximumFractionDigits:2}|{maximumSignificantDigits:3}|{minimumSignificantDigits:5}|{useGrouping:false}|{minimumIntegerDigits:3}|{notation:"compact"}|{notation:"scientific"}|{notation:"engineering"}|{signDisplay:"always"}|{signDisplay:"exceptZero"}|{signDisplay:"never"}|{style:"percent",maximumFractionDigits:1}|{style:"currency",currency:"KWD"}|{style:"currency",currency:"USD",maximumFractionDigits:0}|{style:"currency",currency:"SEK"}|{style:"currency",currency:"EUR",signDisplay:"always"}`, "|")
	dates := strings.Split(`0|1709210096789|1735689599999|951782400000|1719878400000`, "|")
	parts := strings.Split(`{}|{year:"numeric",month:"long",day:"numeric"}|{weekday:"long",year:"numeric",month:"long",day:"numeric"}|{month:"short",day:"numeric"}|{year:"numeric",month:"2-digit",day:"2-digit"}|{year:"2-digit",month:"numeric",day:"numeric"}|{month:"long",year:"numeric"}|{year:"numeric"}|{month:"long"}|{weekday:"short",month:"short",day:"numeric"}|{dateStyle:"full"}|{dateStyle:"long"}|{dateStyle:"medium"}|{dateStyle:"short"}|{dateStyle:"medium",timeStyle:"short"}|{dateStyle:"full",timeStyle:"medium"}|{timeStyle:"short"}|{timeStyle:"medium"}|{hour:"numeric",minute:"2-digit"}|{hour:"2-digit",minute:"2-digit",second:"2-digit"}|{hour:"numeric",minute:"2-digit",hour12:true}|{hour:"2-digit",minute:"2-digit",hour12:false}|{hour:"2-digit",minute:"2-digit",hourCycle:"h23"}|{timeZone:"America/New_York"}|{timeZone:"Asia/Kolkata",dateStyle:"short",timeStyle:"short"}|{timeZone:"Europe/Berlin",hour:"numeric",minute:"numeric",day:"numeric",month:"short",year:"numeric"}|{month:"long",day:"numeric",hour:"numeric",minute:"2-digit"}|{month:"numeric",day:"numeric"}|{day:"numeric"}`, "|")
	methods := []string{"toLocaleString", "toLocaleDateString", "toLocaleTimeString"}
	r := rand.New(rand.NewPCG(3, 4))
	pick := func(list []string) string { return list[r.IntN(len(list))] }
	var all []string
	for _, locale := range localeNames {
		if !strings.Contains(rareLocales, locale) {
			for range 60 {
				all = append(all, fmt.Sprintf("(%s).toLocaleString(%q, %s)", pick(numbers), locale, pick(options)))
				all = append(all, fmt.Sprintf("new Date(%s).%s(%q, %s)", pick(dates), pick(methods), locale, pick(parts)))
			}
		}
	}
	compared(t, all)
}

// TestURLsAreNodes compares how URLs are read and changed.
func TestURLsAreNodes(t *testing.T) {
	urls := strings.Split(`https://example.com|HTTP://User:Pa ss@EXAMPLE.com:80/a/../b/./c?q=1 2#f g|https://h:443/|http://127.1/|http://0x7f.1/|http://[::1]:8080/x|file:///C:/a/../b|mailto:a@b.c|data:text/plain,hi|https://ä.example/ö?ü=ß|//h/p|/abs/path|rel/path|?q=2|#frag|../up|https://a/b?x=1&y=2&x=3|http:/\\h\\p|https://h/%7Ea%2e%2e/b|javascript:alert(1)|wss://s:8443/p|ftp://f/|https://h:99999/|https://|http://a b/|https://exa%6dple.com/|http://1.2.3.4.5/|http://256.1.1.1/|foo://bar/baz?q#f|https://h/a;b=c,d/e|https://user@h/|https://h?|https://h/#|blob:https://h/x|`, "|")
	bases := strings.Split(`"https://b.example/dir/file?q#f"|"file:///x/y"|"mailto:x"|undefined|"http://u:p@h:81/"`, "|")
	fields := strings.Split("href|origin|protocol|username|password|host|hostname|port|pathname|search|hash|searchParams", "|")
	values := strings.Split(`"x"|""|"a b"|"?k=v&k=w"|"#h"|"8080"|"http:"|"h2.example:90"|"/p q/../r"|"é"|"443"`, "|")
	params := strings.Split(`append("a","b c")|set("x","é&=")|delete("x")|sort()|get("x")|getAll("x")|has("q")|toString()|size|append("q","~*'()")`, "|")
	r := rand.New(rand.NewPCG(5, 6))
	pick := func(list []string) string { return list[r.IntN(len(list))] }
	var all []string
	for _, u := range urls {
		for _, b := range bases {
			all = append(all, fmt.Sprintf("new URL(%q, %s)", u, b), fmt.Sprintf("URL.canParse(%q, %s)", u, b))
		}
	}
	for range 2000 {
		u := fmt.Sprintf("new URL(%q, %s)", pick(urls), pick(bases))
		switch r.IntN(3) {
		case 0:
			all = append(all, u+"."+pick(fields))
		case 1:
			all = append(all, fmt.Sprintf("(() => { const u = %s; u.%s = %s; return u })()", u, pick(fields[2:11]), pick(values)))
		case 2:
			all = append(all, fmt.Sprintf("(() => { const u = %s; const r = u.searchParams.%s; return [r, u, [...u.searchParams]] })()", u, pick(params)))
		}
	}
	for _, source := range strings.Split(`"a=1&b=2"|"?x=%20+y"|{a:1,b:"c d"}|[["a","1"],["a","2"]]|new Map([["k","v"]])|"%zz=%e4"|"=&&a"|undefined|"a;b"|new URLSearchParams("q=1")`, "|") {
		for _, p := range params {
			all = append(all, fmt.Sprintf("(() => { const p = new URLSearchParams(%s); const r = p.%s; return [r, p] })()", source, p))
		}
	}
	compared(t, all)
}

// TestRegularExpressionsAreNodes compares patterns over texts.
func TestRegularExpressionsAreNodes(t *testing.T) {
	patterns := strings.Split(`a|.|^|$|\\d+|\\w|\\s|\\S+|\\b|\\B|[a-z]+|[^a]|(a)(b)?|(?:a|b)+|(?<y>\\d{2})-(?<m>\\d)|x*|x*?|a{2}|a{1,2}?|\\u0061|\\x61|\\/|[\\]]|[]|[^]|\\.|é|😀|[😀]|\\u{1F600}|\\p{L}+|\\P{L}|\\p{Lu}|\\p{Script=Greek}|\\cJ|\\0|a\|b|(a\|ab)(c\|bcd)|(z)((a+)?(b+)?(c))*|[\\w-]|[a\\-z]|^\\s+\|\\s+$|,\\s*|(\\w+)\\s(\\w+)|(?:)|\\-|\\ud83d|]|}|{|a{|a{,2}|\\a|[\\b]|\\1|(?=a)|**|(|[b-a]|(?<a>x)(?<a>y)|\\k<a>|$^|a$b|\\n`, "|")
	for i, p := range patterns {
		patterns[i] = strings.ReplaceAll(p, `\\`, `\`)
	}
	flags := []string{"", "g", "i", "gi", "m", "gm", "s", "u", "gu", "y", "gy", "gms", "giu", "d"}
	subjects := strings.Split(`"abcabc"|"aXbXc"|"12-3 45-6"|"é😀b😀"|"a\nb\nc"|"  pad "|""|"aaa"|"John Smith"|"zaacbbbcac"|"a,b, c"|"\ud83dx\ude00"|"ΑΒΓ αβγ"|"/a.b-c]{"`, "|")
	r := rand.New(rand.NewPCG(8, 9))
	pick := func(list []string) string { return list[r.IntN(len(list))] }
	list := []string{"T.match(R)", "R.exec(T)", "R.test(T)", `T.replace(R, "<$&>")`, `T.replace(R, "[$1|$2|$<y>]")`, "T.replace(R, (...a) => JSON.stringify(a))", "T.split(R)", "T.split(R, 2)", "T.search(R)", "[...T.matchAll(R)]", `T.replaceAll(R, "-")`, "(() => { const r = R; const out = []; for (let i = 0; i < 4; i++) { const m = r.exec(T); out.push(m && m[0], m && m.index, r.lastIndex) } return out })()", "String(R)", "[R.source, R.flags, R.global, R.lastIndex]"}
	var all []string
	for range 6000 {
		re := fmt.Sprintf("new RegExp(%s, %q)", appendQuoted(nil, pick(patterns)), pick(flags))
		all = append(all, strings.NewReplacer("T.", pick(subjects)+".", "(T)", "("+pick(subjects)+")", "(R", "("+re, "R.", re+".", "= R;", "= "+re+";").Replace(pick(list)))
	}
	compared(t, all)
}
