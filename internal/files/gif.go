package files

import (
	"bytes"
	"encoding/binary"
	"errors"

	"earshot/internal/chat"
)

// maxFrames bounds what an animation costs who looks at it: the pixels of all
// frames together, as a multiple of the limit for a picture.
const maxFrames = 25

var errGIF = errors.New("files: gif: unexpected end")

// stripGIF copies a GIF block by block and leaves out comments, plain text,
// foreign extensions (XMP, profiles) and everything behind the end. Frames stay
// as they are: decoding and encoding an animation again would make it larger.
func stripGIF(data []byte) ([]byte, error) {
	g := gifWalk{in: data}
	err := g.run()
	switch {
	case err != nil:
		return nil, broken()
	case g.pixels > maxFrames*chat.MaxPixels:
		return nil, chat.Errorf(chat.Invalid, "The animation is too large to show. Nothing was stored; make it smaller or shorter.")
	}
	return g.out.Bytes(), nil
}

type gifWalk struct {
	in     []byte
	out    bytes.Buffer
	pixels int
}

func (g *gifWalk) run() error {
	head, err := g.take(13)
	if err != nil {
		return err
	}
	table, err := g.take(tableSize(head[10]))
	if err != nil {
		return err
	}
	g.out.Write(head)
	g.out.Write(table)
	for {
		intro, err := g.take(1)
		if err != nil {
			return err
		}
		switch intro[0] {
		case ';':
			g.out.WriteByte(';')
			return nil
		case ',':
			err = g.frame()
		case '!':
			err = g.extension()
		default:
			err = errGIF
		}
		if err != nil {
			return err
		}
	}
}

func (g *gifWalk) frame() error {
	d, err := g.take(9)
	if err != nil {
		return err
	}
	g.pixels += int(binary.LittleEndian.Uint16(d[4:])) * int(binary.LittleEndian.Uint16(d[6:]))
	table, err := g.take(tableSize(d[8]))
	if err != nil {
		return err
	}
	codeSize, err := g.take(1)
	if err != nil {
		return err
	}
	blocks, err := g.blocks()
	if err != nil {
		return err
	}
	g.out.WriteByte(',')
	for _, part := range [][]byte{d, table, codeSize, blocks} {
		g.out.Write(part)
	}
	return nil
}

// extension keeps how a frame is shown and how often the animation repeats.
func (g *gifWalk) extension() error {
	label, err := g.take(1)
	if err != nil {
		return err
	}
	blocks, err := g.blocks()
	if err != nil {
		return err
	}
	repeats := label[0] == 0xff && (bytes.HasPrefix(blocks, []byte("\x0bNETSCAPE2.0\x03")) || bytes.HasPrefix(blocks, []byte("\x0bANIMEXTS1.0\x03")))
	switch {
	case repeats && len(blocks) >= 16:
		g.out.Write([]byte{'!', 0xff})
		g.out.Write(blocks[:16])
		g.out.WriteByte(0)
	case label[0] == 0xf9 && len(blocks) == 6:
		g.out.Write([]byte{'!', 0xf9})
		g.out.Write(blocks)
	}
	return nil
}

// blocks takes sub-blocks up to and with the empty one that ends them.
func (g *gifWalk) blocks() ([]byte, error) {
	n := 0
	for {
		if n >= len(g.in) {
			return nil, errGIF
		}
		size := int(g.in[n])
		n += 1 + size
		if size == 0 {
			return g.take(n)
		}
	}
}

func (g *gifWalk) take(n int) ([]byte, error) {
	if n > len(g.in) {
		return nil, errGIF
	}
	part := g.in[:n]
	g.in = g.in[n:]
	return part, nil
}

func tableSize(flags byte) int {
	if flags&0x80 == 0 {
		return 0
	}
	return 3 << (flags&7 + 1)
}
