package server

import (
	"maps"

	"github.com/sotto-render/sotto/api"
)

// checkTranslations refuses what is neither a text nor an object of texts.
func checkTranslations(translations map[string]any) error {
	for _, x := range translations {
		switch x := x.(type) {
		case string:
		case map[string]any:
			if err := checkTranslations(x); err != nil {
				return err
			}
		default:
			return fail(api.InvalidRequest, "translations hold texts, and objects of texts, alone")
		}
	}
	return nil
}

// overlaid returns translations with those of under for the keys that they lack.
// Neither is changed.
func overlaid(translations, under map[string]any) map[string]any {
	if len(translations) == 0 || len(under) == 0 {
		if len(translations) == 0 {
			return under
		}
		return translations
	}
	all := maps.Clone(under)
	for key, x := range translations {
		over, isObject := x.(map[string]any)
		if below, ok := under[key].(map[string]any); ok && isObject {
			x = overlaid(over, below)
		}
		all[key] = x
	}
	return all
}

// entryBytes is about what one translation takes besides its key and its text.
const entryBytes = 64

// translationBytes is about how many bytes translations take.
func translationBytes(translations map[string]any) int {
	n := 0
	for key, x := range translations {
		n += entryBytes + len(key)
		switch x := x.(type) {
		case string:
			n += len(x)
		case map[string]any:
			n += translationBytes(x)
		}
	}
	return n
}
