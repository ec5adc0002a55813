package files

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"testing"
)

func crcOf(data []byte) []byte {
	return binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(data))
}

// exif is a TIFF with an orientation and a GPS directory that names a place.
func exif(orientation int) []byte {
	le := binary.LittleEndian
	t := append([]byte("II*\x00"), le.AppendUint32(nil, 8)...)
	t = le.AppendUint16(t, 2)
	t = entry(t, tagOrientation, 3, uint32(orientation))
	t = entry(t, 0x8825, 4, 38)
	t = le.AppendUint32(t, 0)
	t = le.AppendUint16(t, 1)
	t = entry(t, 1, 2, 'N')
	t = le.AppendUint32(t, 0)
	return append(t, "GPS 52.5163N 13.3777E SERIAL-4711"...)
}

func entry(t []byte, tag, kind uint16, value uint32) []byte {
	le := binary.LittleEndian
	t = le.AppendUint16(t, tag)
	t = le.AppendUint16(t, kind)
	t = le.AppendUint32(t, 1)
	return le.AppendUint32(t, value)
}

func withJPEGExif(data, tiff []byte) []byte {
	segment := append([]byte("Exif\x00\x00"), tiff...)
	out := append([]byte{0xff, 0xd8, 0xff, 0xe1}, binary.BigEndian.AppendUint16(nil, uint16(len(segment)+2))...)
	out = append(out, segment...)
	return append(out, data[2:]...)
}

func withPNGChunk(data []byte, kind string, content []byte) []byte {
	chunk := binary.BigEndian.AppendUint32(nil, uint32(len(content)))
	body := append([]byte(kind), content...)
	chunk = append(append(chunk, body...), crcOf(body)...)
	return append(append(bytes.Clone(data[:33]), chunk...), data[33:]...)
}

func TestPut_PicturesForgetWhereTheyWereTaken(t *testing.T) {
	t.Parallel()
	secret := []byte("SERIAL-4711")
	for name, data := range map[string][]byte{
		"a.jpg":        withJPEGExif(asJPEG(t, aPicture(64, 32)), exif(1)),
		"a.png":        withPNGChunk(asPNG(t, aPicture(64, 32)), "eXIf", exif(1)),
		"text.png":     withPNGChunk(asPNG(t, aPicture(64, 32)), "tEXt", []byte("Comment\x00SERIAL-4711")),
		"appended.jpg": append(asJPEG(t, aPicture(64, 32)), secret...),
		"appended.png": append(asPNG(t, aPicture(64, 32)), secret...),
		"a.gif":        withGIFComment(t, secret),
	} {
		if !bytes.Contains(data, secret) {
			t.Fatalf("%s: the test's own picture holds no secret", name)
		}
		d := open(t)
		if _, err := put(t, d, name, data); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, thumb := range []bool{false, true} {
			got := stored(t, d, thumb)
			if bytes.Contains(got, secret) || bytes.Contains(got, []byte("Exif")) {
				t.Errorf("%s (thumbnail %v): metadata was kept", name, thumb)
			}
		}
	}
}

// TestPut_PicturesStandUpright puts a red corner where each orientation hides
// the upper left one.
func TestPut_PicturesStandUpright(t *testing.T) {
	t.Parallel()
	const w, h = 64, 32
	for o := 1; o <= 8; o++ {
		img := image.NewRGBA(image.Rect(0, 0, w, h))
		draw.Draw(img, img.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
		corner := map[int]image.Point{1: {0, 0}, 2: {w - 16, 0}, 3: {w - 16, h - 16}, 4: {0, h - 16}, 5: {0, 0}, 6: {0, h - 16}, 7: {w - 16, h - 16}, 8: {w - 16, 0}}[o]
		draw.Draw(img, image.Rectangle{Min: corner, Max: corner.Add(image.Pt(16, 16))}, image.NewUniform(color.RGBA{R: 255, A: 255}), image.Point{}, draw.Src)
		for _, data := range [][]byte{withJPEGExif(asJPEG(t, img), exif(o)), withPNGChunk(asPNG(t, img), "eXIf", exif(o))} {
			d := open(t)
			got, err := put(t, d, "a", data)
			if err != nil {
				t.Fatal(err)
			}
			wantW, wantH := w, h
			if o >= 5 {
				wantW, wantH = h, w
			}
			out, _, err := image.Decode(bytes.NewReader(stored(t, d, false)))
			if err != nil {
				t.Fatal(err)
			}
			if size := out.Bounds().Size(); size != image.Pt(wantW, wantH) || got.Ref.Width != wantW {
				t.Errorf("orientation %d: %v, Ref says %d×%d; want %d×%d", o, size, got.Ref.Width, got.Ref.Height, wantW, wantH)
			}
			if r, g, _, _ := out.At(6, 6).RGBA(); r < 0xc000 || g > 0x4000 {
				t.Errorf("orientation %d: the upper left corner is %v; want red", o, out.At(6, 6))
			}
		}
	}
}

func animation(t testing.TB) []byte {
	t.Helper()
	pal := color.Palette{color.White, color.Black, color.RGBA{R: 255, A: 255}}
	g := &gif.GIF{LoopCount: 0}
	for i := range 3 {
		frame := image.NewPaletted(image.Rect(0, 0, 20, 10), pal)
		frame.SetColorIndex(i, i, 1)
		g.Image, g.Delay = append(g.Image, frame), append(g.Delay, 10+i)
	}
	var out bytes.Buffer
	if err := gif.EncodeAll(&out, g); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func withGIFComment(t testing.TB, text []byte) []byte {
	t.Helper()
	data := animation(t)
	at := 13 + tableSize(data[10])
	comment := append([]byte{'!', 0xfe, byte(len(text))}, text...)
	comment = append(comment, 0)
	xmp := append([]byte("!\xff\x0bXMP DataXMP"), byte(len(text)))
	xmp = append(append(xmp, text...), 0)
	out := append(bytes.Clone(data[:at]), comment...)
	return append(append(append(out, xmp...), data[at:]...), text...)
}

func TestPut_AnimationsKeepMoving(t *testing.T) {
	t.Parallel()
	d := open(t)
	if _, err := put(t, d, "a.gif", withGIFComment(t, []byte("hidden"))); err != nil {
		t.Fatal(err)
	}
	got, err := gif.DecodeAll(bytes.NewReader(stored(t, d, false)))
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(len(got.Image), got.Delay, got.LoopCount) != "3 [10 11 12] 0" {
		t.Errorf("got %d frames, delays %v, loop %d", len(got.Image), got.Delay, got.LoopCount)
	}
}

func TestPut_TransparencyIsKept(t *testing.T) {
	t.Parallel()
	img := aPicture(20, 20)
	img.SetNRGBA(3, 3, color.NRGBA{})
	d := open(t)
	if _, err := put(t, d, "a.png", asPNG(t, img)); err != nil {
		t.Fatal(err)
	}
	out, err := png.Decode(bytes.NewReader(stored(t, d, false)))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, _, a := out.At(3, 3).RGBA(); a != 0 {
		t.Error("the transparent pixel is opaque")
	}
}

// TestPut_WebPBecomesWhatEveryProgramOpens stores a lossy WebP of 1 × 1 pixel.
func TestPut_WebPBecomesWhatEveryProgramOpens(t *testing.T) {
	t.Parallel()
	data := []byte("RIFF\x22\x00\x00\x00WEBPVP8 \x16\x00\x00\x00\x30\x01\x00\x9d\x01\x2a\x01\x00\x01\x00\x0e\xc0\xfe\x25\xa4\x00\x03\x70\x00\x00\x00\x00")
	d := open(t)
	got, err := put(t, d, "a.webp", data)
	if err != nil {
		t.Fatal(err)
	}
	if got.Ref.Type != "image/jpeg" || got.Ref.Name != "a.jpg" {
		t.Errorf("got %+v; want a JPEG", got.Ref)
	}
	if _, err := jpeg.Decode(bytes.NewReader(stored(t, d, false))); err != nil {
		t.Error(err)
	}
}

func FuzzPut(f *testing.F) {
	f.Add(animation(f))
	f.Add(withGIFComment(f, []byte("x")))
	f.Add(withJPEGExif(asJPEG(f, aPicture(16, 16)), exif(6)))
	f.Add(withPNGChunk(asPNG(f, aPicture(16, 16)), "eXIf", exif(3)))
	f.Fuzz(func(t *testing.T, data []byte) {
		k, err := sniff(data)
		if err != nil || !k.picture {
			return
		}
		if k.mime == typeGIF {
			stripped, err := stripGIF(data)
			if err != nil {
				return
			}
			again, err := stripGIF(stripped)
			if err != nil || !bytes.Equal(stripped, again) {
				t.Fatalf("stripping twice is not stripping once (%v)", err)
			}
		}
		if o := orientation(data); o < 1 || o > 8 {
			t.Fatalf("orientation %d", o)
		}
	})
}
