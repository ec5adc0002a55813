package files

import (
	"archive/zip"
	"bytes"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/gabriel-vasile/mimetype"

	"earshot/internal/chat"
)

// kind is one of the kinds of files that are stored. mime is what it is served
// as; extensions are those that its name may end in, the first one is given to
// names that end otherwise.
type kind struct {
	mime       string
	extensions []string
	picture    bool
}

const (
	typeJPEG = "image/jpeg"
	typePNG  = "image/png"
	typeGIF  = "image/gif"
	typeWebP = "image/webp"
	typeText = "text/plain"
	typeCSV  = "text/csv"
	typeZIP  = "application/zip"

	openXML      = "application/vnd.openxmlformats-officedocument."
	openDocument = "application/vnd.oasis.opendocument."
)

// kinds is the allow-list. What is not in it is refused.
func kinds() []kind {
	return []kind{
		{mime: typeJPEG, extensions: []string{".jpg", ".jpeg"}, picture: true},
		{mime: typePNG, extensions: []string{".png"}, picture: true},
		{mime: typeGIF, extensions: []string{".gif"}, picture: true},
		{mime: typeWebP, extensions: []string{".webp"}, picture: true},
		{mime: "application/pdf", extensions: []string{".pdf"}},
		{mime: typeText, extensions: []string{".txt", ".csv", ".log", ".md", ".json"}},
		{mime: typeCSV, extensions: []string{".csv"}},
		{mime: typeZIP, extensions: []string{".zip"}},
		{mime: openXML + "wordprocessingml.document", extensions: []string{".docx"}},
		{mime: openXML + "spreadsheetml.sheet", extensions: []string{".xlsx"}},
		{mime: openXML + "presentationml.presentation", extensions: []string{".pptx"}},
		{mime: openDocument + "text", extensions: []string{".odt"}},
		{mime: openDocument + "spreadsheet", extensions: []string{".ods"}},
		{mime: "audio/mpeg", extensions: []string{".mp3"}},
		{mime: "audio/wav", extensions: []string{".wav"}},
		{mime: "audio/ogg", extensions: []string{".ogg", ".oga", ".opus"}},
		{mime: "video/mp4", extensions: []string{".mp4", ".m4v"}},
		{mime: "video/webm", extensions: []string{".webm"}},
	}
}

func kindOf(mime string) (kind, bool) {
	all := kinds()
	i := slices.IndexFunc(all, func(k kind) bool { return k.mime == mime })
	if i < 0 {
		return kind{}, false
	}
	return all[i], true
}

// typeFor is what the file of a clean name is served as: a text that its sender
// called .csv is a table, since content alone does not tell.
func (k kind) typeFor(name string) string {
	if k.mime == typeText && path.Ext(name) == ".csv" {
		return typeCSV
	}
	return k.mime
}

// sniff finds the kind of content, whatever it is called.
func sniff(data []byte) (kind, error) {
	mime, _, _ := strings.Cut(mimetype.Detect(data).String(), ";")
	switch {
	case looksLikeMarkup(data):
		return kind{}, refused("HTML, SVG and XML files")
	case mime == "application/json", mime == "application/x-ndjson", mime == typeCSV, mime == "text/tab-separated-values":
		mime = typeText // content does not tell a table from a log; typeFor asks the name
	case mime == "application/ogg":
		mime = "audio/ogg"
	case isZIP(data):
		return sniffZIP(data)
	}
	k, ok := kindOf(mime)
	if !ok {
		return kind{}, refused("Files of the type " + mime)
	}
	return k, nil
}

func refused(what string) error {
	return chat.Errorf(chat.Invalid, "%s cannot be sent. Pictures (JPEG, PNG, GIF, WebP), PDF, text, CSV, ZIP, Office documents, "+
		"MP3, WAV, OGG, MP4 and WebM can. Nothing was stored.", what)
}

// looksLikeMarkup reports whether a browser that guesses might run the content
// as a page: it begins, after a byte order mark, spaces and NULs, with a tag,
// a declaration or a comment, or carries a mail archive of a page.
func looksLikeMarkup(data []byte) bool {
	head := data[:min(len(data), 4096)]
	head = bytes.ReplaceAll(head, []byte{0}, nil) // UTF-16 has one beside each character
	for _, mark := range []string{"\xef\xbb\xbf", "\xff\xfe", "\xfe\xff"} {
		head = bytes.TrimPrefix(head, []byte(mark))
	}
	head = bytes.TrimLeft(head, " \t\r\n\f\v")
	if len(head) > 1 && head[0] == '<' {
		c := head[1] | 0x20
		return (c >= 'a' && c <= 'z') || head[1] == '!' || head[1] == '?' || head[1] == '/'
	}
	return bytes.HasPrefix(bytes.ToLower(head), []byte("mime-version:"))
}

func isZIP(data []byte) bool { return bytes.HasPrefix(data, []byte("PK\x03\x04")) }

// sniffZIP tells Office documents from archives by what is in them. Documents
// with macros are refused.
func sniffZIP(data []byte) (kind, error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return kind{}, chat.Errorf(chat.Invalid, "The archive is damaged and cannot be sent. Nothing was stored.")
	}
	mime := typeZIP
	for _, f := range z.File {
		switch {
		case strings.HasSuffix(strings.ToLower(f.Name), "vbaproject.bin"):
			return kind{}, refused("Office documents with macros")
		case f.Name == "word/document.xml":
			mime = openXML + "wordprocessingml.document"
		case f.Name == "xl/workbook.xml":
			mime = openXML + "spreadsheetml.sheet"
		case f.Name == "ppt/presentation.xml":
			mime = openXML + "presentationml.presentation"
		case f.Name == "mimetype":
			mime = openDocumentType(f, mime)
		case f.Name == "AndroidManifest.xml", f.Name == "META-INF/MANIFEST.MF":
			return kind{}, refused("Programs")
		}
	}
	k, ok := kindOf(mime)
	if !ok {
		return kind{}, refused("Files of the type " + mime)
	}
	return k, nil
}

// openDocumentType reads the member that names the type of an OpenDocument.
func openDocumentType(f *zip.File, otherwise string) string {
	r, err := f.Open()
	if err != nil {
		return otherwise
	}
	defer r.Close()
	name, err := io.ReadAll(io.LimitReader(r, 200))
	if mime := strings.TrimSpace(string(name)); err == nil && strings.HasPrefix(mime, "application/") {
		return mime
	}
	return otherwise
}
