package files

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"

	"golang.org/x/image/draw"
	"golang.org/x/image/webp"

	"earshot/internal/chat"
)

const (
	thumbSize    = 480
	qualityPhoto = 85
	qualityThumb = 80
)

// recode decodes a picture and encodes it again without anything but pixels: no
// place, no camera, no colour profile, nothing appended. It is turned as its
// EXIF says. A GIF keeps its frames and loses its comments. A WebP becomes a
// JPEG, or a PNG where it is transparent.
func (s *Store) recode(ctx context.Context, data []byte, k kind) (checked, error) {
	select {
	case s.decoding <- struct{}{}:
		defer func() { <-s.decoding }()
	case <-ctx.Done():
		return checked{}, fmt.Errorf("files: wait to decode: %w", ctx.Err())
	}
	if err := checkSize(data, k); err != nil {
		return checked{}, err
	}
	img, err := decode(data, k)
	if err != nil {
		return checked{}, broken()
	}
	out := checked{kind: k}
	if k.mime == typeGIF {
		out.data, err = stripGIF(data)
	} else {
		img = turn(img, orientation(data))
		out.data, out.kind, err = encode(img, k)
	}
	if err != nil {
		return checked{}, err
	}
	out.width, out.height = img.Bounds().Dx(), img.Bounds().Dy()
	out.thumb, err = thumb(img)
	return out, err
}

func broken() error {
	return chat.Errorf(chat.Invalid, "The picture is damaged and cannot be shown. Nothing was stored.")
}

// checkSize reads the header alone: a small file may claim to be a huge picture.
func checkSize(data []byte, k kind) error {
	var c image.Config
	var err error
	r := bytes.NewReader(data)
	switch k.mime {
	case typeJPEG:
		c, err = jpeg.DecodeConfig(r)
	case typePNG:
		c, err = png.DecodeConfig(r)
	case typeGIF:
		c, err = gif.DecodeConfig(r)
	default:
		c, err = webp.DecodeConfig(r)
	}
	switch {
	case err != nil || c.Width <= 0 || c.Height <= 0:
		return broken()
	case c.Height > chat.MaxPixels/c.Width:
		return chat.Errorf(chat.Invalid, "The picture has %d × %d pixels; at most %d million fit. Nothing was stored; make it smaller.",
			c.Width, c.Height, chat.MaxPixels/1_000_000)
	}
	return nil
}

func decode(data []byte, k kind) (image.Image, error) {
	r := bytes.NewReader(data)
	switch k.mime {
	case typeJPEG:
		return jpeg.Decode(r)
	case typePNG:
		return png.Decode(r)
	case typeGIF:
		return gif.Decode(r)
	}
	return webp.Decode(r)
}

// encode writes photographs as JPEG and the rest as PNG. A PNG that grows over
// the limit for files becomes a JPEG too.
func encode(img image.Image, from kind) ([]byte, kind, error) {
	var out bytes.Buffer
	if from.mime == typePNG || (from.mime == typeWebP && !opaque(img)) {
		if err := png.Encode(&out, img); err != nil {
			return nil, kind{}, fmt.Errorf("files: encode picture: %w", err)
		}
		if out.Len() <= chat.MaxFileBytes {
			k, _ := kindOf(typePNG)
			return out.Bytes(), k, nil
		}
		out.Reset()
		img = flatten(img, img.Bounds().Dx(), img.Bounds().Dy())
	}
	if err := jpeg.Encode(&out, img, &jpeg.Options{Quality: qualityPhoto}); err != nil {
		return nil, kind{}, fmt.Errorf("files: encode picture: %w", err)
	}
	k, _ := kindOf(typeJPEG)
	return out.Bytes(), k, nil
}

func opaque(img image.Image) bool {
	o, ok := img.(interface{ Opaque() bool })
	return ok && o.Opaque()
}

// thumb makes a small JPEG on white.
func thumb(img image.Image) ([]byte, error) {
	w, h := img.Bounds().Dx(), img.Bounds().Dy()
	if w > thumbSize || h > thumbSize {
		if w >= h {
			w, h = thumbSize, max(1, h*thumbSize/w)
		} else {
			w, h = max(1, w*thumbSize/h), thumbSize
		}
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, flatten(img, w, h), &jpeg.Options{Quality: qualityThumb}); err != nil {
		return nil, fmt.Errorf("files: encode thumbnail: %w", err)
	}
	return out.Bytes(), nil
}

// flatten draws the picture on white at a size.
func flatten(img image.Image, w, h int) *image.RGBA {
	canvas := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(canvas, canvas.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	if img.Bounds().Dx() == w && img.Bounds().Dy() == h {
		draw.Draw(canvas, canvas.Bounds(), img, img.Bounds().Min, draw.Over)
		return canvas
	}
	draw.CatmullRom.Scale(canvas, canvas.Bounds(), img, img.Bounds(), draw.Over, nil)
	return canvas
}

// turn applies an EXIF orientation, 1 to 8.
func turn(img image.Image, orientation int) image.Image {
	if orientation < 2 || orientation > 8 {
		return img
	}
	b := img.Bounds()
	w, h := b.Dx(), b.Dy()
	out := image.NewNRGBA(image.Rect(0, 0, w, h))
	if orientation >= 5 {
		out = image.NewNRGBA(image.Rect(0, 0, h, w))
	}
	src := image.NewNRGBA(image.Rect(0, 0, w, h))
	draw.Draw(src, src.Bounds(), img, b.Min, draw.Src)
	for y := range h {
		for x := range w {
			to := turned(x, y, w, h, orientation)
			copy(out.Pix[out.PixOffset(to.X, to.Y):][:4], src.Pix[src.PixOffset(x, y):][:4])
		}
	}
	return out
}

// turned is where a pixel of a w × h picture goes.
func turned(x, y, w, h, orientation int) image.Point {
	switch orientation {
	case 2:
		return image.Pt(w-1-x, y)
	case 3:
		return image.Pt(w-1-x, h-1-y)
	case 4:
		return image.Pt(x, h-1-y)
	case 5:
		return image.Pt(y, x)
	case 6:
		return image.Pt(h-1-y, x)
	case 7:
		return image.Pt(h-1-y, w-1-x)
	}
	return image.Pt(y, w-1-x)
}
