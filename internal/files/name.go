package files

import (
	"path"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// maxName is how many characters a file's name keeps, its extension included;
// maxStem leaves room for the prefix that a reserved name gets.
const (
	maxName = 120
	maxStem = maxName - len("file_")
)

// CleanName makes a name that is safe to show and to save: one line of visible
// characters without a path, not hidden, at most 120 characters, ending in an
// extension of the given type. Cleaning twice changes nothing.
func CleanName(name, mime string) string {
	name = norm.NFC.String(strings.ToValidUTF8(name, "_"))
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	name = strings.Join(strings.Fields(strings.Map(safeRune, name)), " ")
	stem, ext := splitExtension(trimEnds(norm.NFC.String(name)), mime)
	stem = trimEnds(stem)
	if runes := []rune(stem); len(runes)+len(ext) > maxStem {
		stem = trimEnds(string(runes[:maxStem-len(ext)]))
	}
	switch {
	case stem == "":
		stem = "file"
	case reservedStem(stem):
		stem = "file_" + stem
	}
	return stem + ext
}

// safeRune drops what cannot be seen and what means something to a shell or a
// file system.
func safeRune(r rune) rune {
	switch {
	case unicode.IsSpace(r):
		return ' '
	case unicode.In(r, unicode.C, unicode.Zl, unicode.Zp):
		return -1
	case strings.ContainsRune(`<>:"|?*%;`+"`", r):
		return '_'
	}
	return r
}

func trimEnds(s string) string { return strings.Trim(s, " .") }

// splitExtension returns the stem and the extension that the type allows. A
// wrong extension that looks like one is dropped; anything else stays part of
// the stem.
func splitExtension(name, mime string) (stem, ext string) {
	k, ok := kindOf(mime)
	if !ok {
		return name, ""
	}
	ext = strings.ToLower(path.Ext(name))
	stem = name[:len(name)-len(path.Ext(name))]
	switch {
	case slices.Contains(k.extensions, ext):
		return stem, ext
	case looksLikeExtension(ext):
		return stem, k.extensions[0]
	}
	return name, k.extensions[0]
}

func looksLikeExtension(ext string) bool {
	if len(ext) < 2 || len(ext) > 6 {
		return false
	}
	letters := 0
	for _, r := range ext[1:] {
		switch {
		case r >= 'a' && r <= 'z':
			letters++
		case r < '0' || r > '9':
			return false
		}
	}
	return letters > 0
}

// reservedStem reports names that Windows keeps for devices.
func reservedStem(stem string) bool {
	base, _, _ := strings.Cut(strings.ToLower(stem), ".")
	switch base {
	case "con", "prn", "aux", "nul":
		return true
	}
	return len(base) == 4 && (strings.HasPrefix(base, "com") || strings.HasPrefix(base, "lpt")) && base[3] >= '0' && base[3] <= '9'
}
