package js

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// edges are what goes wrong where a rule of the standard is taken for the one next to it.
var edges = []string{
	`/k/i.test("\u212a")`,
	`/[^k]/i.test("\u212a")`,
	`/[a-z]+/i.exec("ABCk\u212a")[0]`,
	`/Straße/i.test("STRASSE")`,
	`/ǆ[ǅ]/i.test("ǄǄ")`,
	`/[^é]/i.test("É")`,
	`/hello world/i.test("HeLLo WORLD")`,
	`/HÉLLO/i.exec("xhéllo").index`,
	`/[à-ö]/i.test("Ö")`,
	`/[^à-ö]/i.test("Ö")`,
	`/[Ⴀ-Ⴥ]/i.test("ⴀ")`,
	`/ა/i.test("Ა")`,
	`/ᾀ/i.test("ᾈ")`,
	`/ꭰ/i.test("Ꭰ")`,
	`/\x41\u0042/i.test("ab")`,
	`/(?<w>[a-c]+)x/i.exec("ABX").groups.w`,
	`/[\x00-\uffff]/i.test("a")`,
	`/\u{61}/i.test("A".repeat(61))`,
	`new Date(-62198755200000).toUTCString()`,
	`new Date(-62198755200000).toString()`,
	`new Date(2024,5,15).toLocaleDateString(["xx","de"])`,
	`new Date(2024,5,15).toLocaleDateString(["xx"])`,
	`new Intl.DateTimeFormat("en-US",{timeZone:"europe/berlin"}).resolvedOptions().timeZone`,
	`[2.5,-2.5,3.5,2.4,-2.6,0.5,-0.5,0].map(x=>["ceil","floor","expand","trunc","halfCeil","halfFloor","halfExpand","halfTrunc","halfEven"].map(roundingMode=>x.toLocaleString("en-US",{maximumFractionDigits:0,roundingMode})).join(" "))`,
	`[0.001,0.006,-0.001,0.005,1.115,99.999].map(x=>["ceil","floor","expand","trunc","halfCeil","halfFloor","halfExpand","halfTrunc","halfEven"].map(roundingMode=>x.toLocaleString("en-US",{maximumFractionDigits:2,roundingMode})).join(" "))`,
	`(0.02).toLocaleString("en-US",{maximumFractionDigits:0,roundingMode:"ceil"})`,
	`(1234.5).toLocaleString("en-US",{maximumSignificantDigits:2,roundingMode:"ceil"})`,
	`(5).toLocaleString("en-US",{style:"currency",currency:"USD",trailingZeroDisplay:"stripIfInteger"})`,
	`(5.5).toLocaleString("en-US",{style:"currency",currency:"USD",trailingZeroDisplay:"stripIfInteger"})`,
	`(1250).toLocaleString("en-US",{notation:"compact",roundingMode:"floor"})`,
	`(0.999).toLocaleString("en-US",{style:"percent",roundingMode:"trunc"})`,
	`(1234.5).toLocaleString("no")`,
	`(1234.5).toLocaleString("de-u-co-phonebk")`,
	`(1234.5).toLocaleString("zh-Hant")`,
	`(12).toLocaleString("en-US", {localeMatcher:"bad"})`,
	`(1e21).toString(7)`,
	`(2**53).toString(36)`,
	`(1e300).toString(36)`,
	`(2**60+2**9).toString(3)`,
	`(123456789012345680000).toString(36)`,
}

// TestEdgesAreNodes compares edges with Node.
func TestEdgesAreNodes(t *testing.T) { compared(t, edges) }

// TestOptionsThatAreNotThere refuses, with a sentence, what would else be left out of a
// number or a date.
func TestOptionsThatAreNotThere(t *testing.T) {
	for source, says := range map[string]string{
		`new Date(0).toLocaleDateString("en-US", {era: "short"})`:                       "without an era",
		`new Date(0).toLocaleTimeString("en-US", {dayPeriod: "long", hour: "numeric"})`: "dayPeriod",
		`new Date(0).toLocaleDateString("en-US", {calendar: "buddhist"})`:               "Gregorian",
		`new Date(0).toLocaleDateString("de-u-ca-buddhist")`:                            "Gregorian",
		`new Date(0).toLocaleDateString("ar-EG")`:                                       "does not know how this language",
		`new Date(0).toLocaleDateString("en-US", {timeZoneName: "shortGeneric"})`:       "without summer and winter",
		`(1).toLocaleString("en-US", {numberingSystem: "arab"})`:                        "digits 0 to 9",
		`(1).toLocaleString(["xx", "fa"])`:                                              "does not know how this language",
		`(1).toLocaleString("en-US", {roundingIncrement: 5})`:                           "roundingIncrement",
		`(1).toLocaleString("en-US", {roundingPriority: "morePrecision"})`:              "roundingPriority",
		`new Intl.NumberFormat("en-US", {style: "unit", unit: "liter"}).format(1)`:      "no units",
	} {
		t.Run(source, func(t *testing.T) {
			require.Contains(t, evaluated(t, source, nil), says)
		})
	}
}
