package files

import (
	"bytes"
	"encoding/binary"
)

const tagOrientation = 0x0112

// orientation reads the EXIF orientation of a JPEG, PNG or WebP; 1 where there
// is none or it cannot be read.
func orientation(data []byte) int {
	var tiff []byte
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xd8")):
		tiff = exifOfJPEG(data)
	case bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n")):
		tiff = exifOfPNG(data)
	case len(data) > 12 && string(data[:4]) == "RIFF":
		tiff = bytes.TrimPrefix(exifOfWebP(data), []byte("Exif\x00\x00"))
	}
	return tiffOrientation(tiff)
}

func exifOfJPEG(data []byte) []byte {
	for at := 2; at+4 <= len(data) && data[at] == 0xff; {
		marker, size := data[at+1], int(binary.BigEndian.Uint16(data[at+2:]))
		if marker == 0xda || size < 2 || at+2+size > len(data) {
			return nil
		}
		segment := data[at+4 : at+2+size]
		if rest, ok := bytes.CutPrefix(segment, []byte("Exif\x00\x00")); ok && marker == 0xe1 {
			return rest
		}
		at += 2 + size
	}
	return nil
}

func exifOfPNG(data []byte) []byte {
	for at := 8; at+12 <= len(data); {
		size := int(binary.BigEndian.Uint32(data[at:]))
		if size < 0 || size > len(data)-at-12 {
			return nil
		}
		if string(data[at+4:at+8]) == "eXIf" {
			return data[at+8 : at+8+size]
		}
		at += 12 + size
	}
	return nil
}

func exifOfWebP(data []byte) []byte {
	for at := 12; at+8 <= len(data); {
		size := int(binary.LittleEndian.Uint32(data[at+4:]))
		if size < 0 || size > len(data)-at-8 {
			return nil
		}
		if string(data[at:at+4]) == "EXIF" {
			return data[at+8 : at+8+size]
		}
		at += 8 + size + size%2
	}
	return nil
}

// tiffOrientation finds the tag in the first directory of a TIFF.
func tiffOrientation(tiff []byte) int {
	if len(tiff) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.BigEndian
	if string(tiff[:2]) == "II" {
		order = binary.LittleEndian
	}
	at := int(order.Uint32(tiff[4:]))
	if at < 8 || at > len(tiff)-2 {
		return 1
	}
	entries := tiff[at+2:]
	for range int(order.Uint16(tiff[at:])) {
		if len(entries) < 12 {
			return 1
		}
		if order.Uint16(entries) == tagOrientation {
			if o := int(order.Uint16(entries[8:])); o >= 1 && o <= 8 {
				return o
			}
			return 1
		}
		entries = entries[12:]
	}
	return 1
}
