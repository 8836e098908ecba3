package macros_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/sotto-render/sotto/macros"
)

func TestPlaceOf(t *testing.T) {
	source := "ab\nç\xffd\n"
	for pos, want := range map[macros.Pos]string{
		-1: "1:1", 0: "1:1", 2: "1:3", 3: "2:1", 5: "2:2", 6: "2:3", 7: "2:4", 8: "3:1", 99: "3:1",
	} {
		t.Run(strconv.Itoa(int(pos)), func(t *testing.T) {
			if got := macros.PlaceOf(source, pos).String(); got != want {
				t.Errorf("PlaceOf(%d) = %s, want %s", pos, got, want)
			}
		})
	}
}

func TestPlacesAgreeWithPlaceOf(t *testing.T) {
	for _, piece := range []string{"a", "é", "日", "😀", "\xff", "\xf0\x9f", "line\n", "日\x80x\n😀"} {
		t.Run(piece, func(t *testing.T) {
			source := strings.Repeat(piece, 5000/len(piece))
			places := macros.NewPlaces(source)
			for pos := macros.Pos(-1); int(pos) < len(source)+2; pos += 1 + pos%7/6*3 {
				// Between the bytes of one character there is no place.
				if p := int(pos); p > 0 && p < len(source) && strings.ToValidUTF8(source[:p], "") != source[:p] && strings.ToValidUTF8(source, "") == source {
					continue
				}
				if got, want := places.At(pos), macros.PlaceOf(source, pos); got != want {
					t.Fatalf("%q: At(%d) = %v, want %v", piece, pos, got, want)
				}
			}
		})
	}
}
