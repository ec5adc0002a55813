package files

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"earshot/internal/chat"
)

const anID chat.FileID = "f_01jd0000000000000000000000"

func open(t *testing.T) *Store {
	t.Helper()
	d, err := Open(filepath.Join(t.TempDir(), "files"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

func put(t *testing.T, d *Store, name string, data []byte) (Stored, error) {
	t.Helper()
	return d.Put(t.Context(), anID, name, bytes.NewReader(data))
}

func stored(t *testing.T, d *Store, thumb bool) []byte {
	t.Helper()
	get := d.Get
	if thumb {
		get = d.GetThumb
	}
	f, err := get(t.Context(), anID)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	data, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func aPicture(w, h int) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.SetNRGBA(x, y, color.NRGBA{R: uint8(x * 255 / w), G: uint8(y * 255 / h), B: 90, A: 255})
		}
	}
	return img
}

func asPNG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func asJPEG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := jpeg.Encode(&out, img, nil); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func asZIP(t testing.TB, members map[string]string) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for name, content := range members {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err == nil {
			_, err = io.WriteString(w, content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestPut_OnlyContentDecides is the upload matrix S-05: whatever a file is
// called, its content decides, and nothing that a browser could run is stored.
func TestPut_OnlyContentDecides(t *testing.T) {
	t.Parallel()
	picture := asPNG(t, aPicture(40, 20))
	const svg = `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`
	for _, c := range []struct {
		what, name string
		data       []byte
		wantType   string // empty = refused
		wantName   string
	}{
		{"png", "holiday.png", picture, "image/png", "holiday.png"},
		{"png called svg", "holiday.svg", picture, "image/png", "holiday.png"},
		{"png called html", "a.html", picture, "image/png", "a.png"},
		{"png in upper case", "HOLIDAY.PNG", picture, "image/png", "HOLIDAY.png"},
		{"png with trailing dots", "a.svg. .", picture, "image/png", "a.png"},
		{"png with zero width", "a.sv\u200bg", picture, "image/png", "a.png"},
		{"png with NUL", "a.html\x00.png", picture, "image/png", "a.html.png"},
		{"png with direction change", "gnp.\u202egpj", picture, "image/png", "gnp.png"},
		{"png in a path", `..\..\windows/x.png`, picture, "image/png", "x.png"},
		{"png without name", "", picture, "image/png", "file.png"},
		{"png hidden", ".htaccess", picture, "image/png", "htaccess.png"},
		{"jpeg called png", "a.png", asJPEG(t, aPicture(8, 8)), "image/jpeg", "a.jpg"},
		{"pdf", "bill.pdf", []byte("%PDF-1.7\n%äöü\n1 0 obj\n"), "application/pdf", "bill.pdf"},
		{"pdf called exe", "bill.exe", []byte("%PDF-1.7\n1 0 obj\n"), "application/pdf", "bill.pdf"},
		{"text", "notes.txt", []byte("hello <b>there</b>\n"), "text/plain", "notes.txt"},
		{"text called js", "x.js", []byte("alert(1)\n"), "text/plain", "x.txt"},
		{"text called html", "x.html", []byte("alert(1) // no tag first\n"), "text/plain", "x.txt"},
		{"text without extension", "v1.2 report", []byte("fine\n"), "text/plain", "v1.2 report.txt"},
		{"json", "log.json", []byte(`{"a":[1,2,3]}`), "text/plain", "log.json"},
		{"csv", "table.csv", []byte("a,b\n1,2\n3,4\n"), "text/csv", "table.csv"},
		{"latin-1 csv", "t.csv", []byte("name;stra\xdfe\nj\xfcrgen;x\n"), "text/csv", "t.csv"},
		{"zip", "a.zip", asZIP(t, map[string]string{"a.txt": "a"}), "application/zip", "a.zip"},
		{"docx", "a.docx", asZIP(t, map[string]string{"[Content_Types].xml": "<x/>", "word/document.xml": "<x/>"}), openXML + "wordprocessingml.document", "a.docx"},
		{"xlsx called zip", "a.zip", asZIP(t, map[string]string{"xl/workbook.xml": "<x/>"}), openXML + "spreadsheetml.sheet", "a.xlsx"},
		{"pptx", "a.pptx", asZIP(t, map[string]string{"ppt/presentation.xml": "<x/>"}), openXML + "presentationml.presentation", "a.pptx"},
		{"odt", "a.odt", asZIP(t, map[string]string{"mimetype": openDocument + "text"}), openDocument + "text", "a.odt"},
		{"ods", "a.ods", asZIP(t, map[string]string{"mimetype": openDocument + "spreadsheet"}), openDocument + "spreadsheet", "a.ods"},
		{"mp3", "a.mp3", []byte("ID3\x03\x00\x00\x00\x00\x00\x0a0123456789"), "audio/mpeg", "a.mp3"},
		{"wav", "a.wav", []byte("RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00"), "audio/wav", "a.wav"},
		{"ogg", "a.ogg", []byte("OggS\x00\x02" + strings.Repeat("\x00", 22) + "\x01vorbis"), "audio/ogg", "a.ogg"},
		{"mp4", "a.mp4", []byte("\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"), "video/mp4", "a.mp4"},
		{"webm", "a.webm", []byte("\x1aE\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81\x04B\xf3\x81\x08B\x82\x84webmB\x87\x81\x04B\x85\x81\x02"), "video/webm", "a.webm"},

		{"svg", "a.svg", []byte(svg), "", ""},
		{"svg called png", "a.png", []byte(svg), "", ""},
		{"svg behind a mark", "a.txt", []byte("\xef\xbb\xbf \n" + svg), "", ""},
		{"svg behind a comment", "a.txt", []byte("<!-- x -->" + svg), "", ""},
		{"svg in UTF-16", "a.txt", []byte("\xff\xfe<\x00s\x00v\x00g\x00>\x00"), "", ""},
		{"html", "a.html", []byte("<!DOCTYPE html><script>alert(1)</script>"), "", ""},
		{"html called pdf", "a.pdf", []byte("<html><body>"), "", ""},
		{"html fragment", "a.txt", []byte("  \n<IMG src=x onerror=alert(1)>"), "", ""},
		{"xhtml", "a.xhtml", []byte(`<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"/>`), "", ""},
		{"xml with xslt", "a.xml", []byte(`<?xml-stylesheet type="text/xsl" href="x"?><a/>`), "", ""},
		{"mhtml", "a.mht", []byte("MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n<html>"), "", ""},
		{"program", "a.txt", []byte("\x7fELF\x02\x01\x01" + strings.Repeat("\x00", 60)), "", ""},
		{"windows program", "a.jpg", []byte("MZ\x90\x00" + strings.Repeat("\x00", 60)), "", ""},
		{"macros", "a.docm", asZIP(t, map[string]string{"word/document.xml": "<x/>", "word/vbaProject.bin": "x"}), "", ""},
		{"java archive", "a.zip", asZIP(t, map[string]string{"META-INF/MANIFEST.MF": "x"}), "", ""},
		{"broken zip", "a.zip", []byte("PK\x03\x04garbage"), "", ""},
		{"broken png", "a.png", picture[:len(picture)/2], "", ""},
		{"empty", "a.txt", nil, "", ""},
		{"shell script", "a.sh", []byte("#!/bin/sh\nrm -rf /\n"), "", ""},
	} {
		t.Run(c.what, func(t *testing.T) {
			t.Parallel()
			d := open(t)
			got, err := put(t, d, c.name, c.data)
			if c.wantType == "" {
				if !chat.IsKind(err, chat.Invalid) {
					t.Fatalf("got %+v, %v; want a refusal", got, err)
				}
				if _, err := d.Get(t.Context(), anID); !chat.IsKind(err, chat.Missing) {
					t.Fatalf("a refused file stands on disk: %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got.Ref.Type != c.wantType || got.Ref.Name != c.wantName {
				t.Errorf("got %q %q; want %q %q", got.Ref.Type, got.Ref.Name, c.wantType, c.wantName)
			}
			if n := int64(len(stored(t, d, false))); n != got.Ref.Size {
				t.Errorf("%d bytes stored, Size says %d", n, got.Ref.Size)
			}
		})
	}
}

func TestPut_RefusesWhatIsTooLarge(t *testing.T) {
	t.Parallel()
	d := open(t)
	text := bytes.Repeat([]byte("a\n"), chat.MaxFileBytes/2)
	if _, err := put(t, d, "a.txt", text); err != nil {
		t.Fatalf("exactly the limit: %v", err)
	}
	_, err := put(t, d, "a.txt", append(text, 'x'))
	if !chat.IsKind(err, chat.Invalid) || !strings.Contains(err.Error(), "10 MB") {
		t.Fatalf("one byte over the limit: %v", err)
	}
}

func TestPut_RefusesABombByItsHeader(t *testing.T) {
	t.Parallel()
	huge := asPNG(t, aPicture(1, 1))
	copy(huge[16:24], []byte{0, 0, 0x27, 0x10, 0, 0, 0x27, 0x10}) // 10,000 × 10,000
	crc := crcOf(huge[12:29])
	copy(huge[29:33], crc)
	_, err := put(t, open(t), "a.png", huge)
	if !chat.IsKind(err, chat.Invalid) || !strings.Contains(err.Error(), "40 million") {
		t.Fatalf("got %v; want a refusal that names the limit", err)
	}
}

func TestPut_ThumbnailsFitIn480(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ w, h, wantW, wantH int }{
		{1000, 500, 480, 240}, {500, 1000, 240, 480}, {30, 20, 30, 20}, {5000, 2, 480, 1},
	} {
		d := open(t)
		got, err := put(t, d, "a.png", asPNG(t, aPicture(c.w, c.h)))
		if err != nil {
			t.Fatal(err)
		}
		if !got.Thumb || got.Ref.Width != c.w || got.Ref.Height != c.h {
			t.Errorf("%d×%d: got %+v", c.w, c.h, got)
		}
		small, err := jpeg.DecodeConfig(bytes.NewReader(stored(t, d, true)))
		if err != nil || small.Width != c.wantW || small.Height != c.wantH {
			t.Errorf("%d×%d: thumbnail %d×%d (%v); want %d×%d", c.w, c.h, small.Width, small.Height, err, c.wantW, c.wantH)
		}
	}
}

func TestRemove_TakesFileAndThumbnail(t *testing.T) {
	t.Parallel()
	d := open(t)
	if _, err := put(t, d, "a.png", asPNG(t, aPicture(9, 9))); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := d.Remove(t.Context(), anID); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := d.GetThumb(t.Context(), anID); !chat.IsKind(err, chat.Missing) {
		t.Errorf("the thumbnail is still there: %v", err)
	}
}

func TestGet_NoIDLeavesTheDirectory(t *testing.T) {
	t.Parallel()
	d := open(t)
	for _, id := range []chat.FileID{"", "f_", "../../etc/passwd", "f_aaaaaaaa/../../x", "f_aaaaaaaa.thumb", "incoming"} {
		if _, err := d.Get(t.Context(), id); !chat.IsKind(err, chat.Missing) {
			t.Errorf("%q: %v; want missing", id, err)
		}
		if _, err := d.Put(t.Context(), id, "a.txt", strings.NewReader("x")); !chat.IsKind(err, chat.Missing) {
			t.Errorf("Put %q: %v; want missing", id, err)
		}
	}
}

func TestOpen_SweepsHalfWrittenFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	left := filepath.Join(dir, temporary, "left")
	if err := os.MkdirAll(filepath.Dir(left), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(left, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	d, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, err := os.Stat(left); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a half-written file outlived the start: %v", err)
	}
}

func TestEach_NamesFilesOnceAndOldOnesOnly(t *testing.T) {
	t.Parallel()
	d := open(t)
	if _, err := put(t, d, "a.png", asPNG(t, aPicture(9, 9))); err != nil {
		t.Fatal(err)
	}
	count := func(before time.Time) (ids []chat.FileID) {
		err := d.Each(t.Context(), before, func(id chat.FileID) error { ids = append(ids, id); return nil })
		if err != nil {
			t.Fatal(err)
		}
		return ids
	}
	if got := count(time.Now().Add(time.Hour)); len(got) != 1 || got[0] != anID {
		t.Errorf("got %v; want the one file", got)
	}
	if got := count(time.Now().Add(-time.Hour)); len(got) != 0 {
		t.Errorf("got %v; want nothing that young", got)
	}
}

func TestPut_EndsWithItsContext(t *testing.T) {
	t.Parallel()
	d := open(t)
	for range decoders {
		d.decoding <- struct{}{}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := d.Put(ctx, anID, "a.png", bytes.NewReader(asPNG(t, aPicture(9, 9)))); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v; want the context's error", err)
	}
}
