package files

import (
	"path"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestCleanName_Table(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, mime, want string }{
		{"Rechnung März.pdf", "application/pdf", "Rechnung März.pdf"},
		{"請求書.pdf", "application/pdf", "請求書.pdf"},
		{"a\r\nSet-Cookie: x.txt", typeText, "a Set-Cookie_ x.txt"},
		{`"quoted";.txt`, typeText, "_quoted__.txt"},
		{"con.txt", typeText, "file_con.txt"},
		{"...", typePNG, "file.png"},
		{"a.tar.gz", typeZIP, "a.tar.zip"},
		{"e\u0301.png", typePNG, "é.png"},
		{strings.Repeat("長", 300) + ".png", typePNG, strings.Repeat("長", 111) + ".png"},
	} {
		if got := CleanName(c.name, c.mime); got != c.want {
			t.Errorf("CleanName(%q, %s) = %q; want %q", c.name, c.mime, got, c.want)
		}
	}
}

func FuzzCleanName(f *testing.F) {
	for _, name := range []string{"a.png", "../x", ".hidden", "a\u202egpj.exe", "CON", " . ", "a.b.c.d", "\xff\xfe", "e\u0301.png", "x\u2028y", "İ.PNG"} {
		f.Add(name, 0)
		f.Add(name, 5)
	}
	f.Fuzz(func(t *testing.T, name string, i int) {
		all := kinds()
		k := all[uint(i)%uint(len(all))]
		got := CleanName(name, k.mime)
		if again := CleanName(got, k.mime); again != got {
			t.Fatalf("%q: cleaned to %q, again to %q", name, got, again)
		}
		if n := utf8.RuneCountInString(got); n > maxName || n == 0 || !utf8.ValidString(got) {
			t.Fatalf("%q: %d characters in %q", name, n, got)
		}
		if strings.ContainsAny(got, `/\"`) || strings.HasPrefix(got, ".") || strings.ContainsFunc(got, hidden) {
			t.Fatalf("%q: cleaned to %q", name, got)
		}
		if !slices.Contains(k.extensions, path.Ext(got)) {
			t.Fatalf("%q: %q is no name of a %s", name, got, k.mime)
		}
	})
}

func hidden(r rune) bool { return unicode.In(r, unicode.C, unicode.Zl, unicode.Zp) }
