package client

import (
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
)

// upload sends one file. It is not repeated: the reader can be read once.
func (s session) upload(ctx context.Context, path, name string, r io.Reader) (File, error) {
	pr, pw := io.Pipe()
	form := multipart.NewWriter(pw)
	go func() {
		part, err := form.CreateFormFile("file", name)
		if err == nil {
			_, err = io.Copy(part, r)
		}
		if err == nil {
			err = form.Close()
		}
		pw.CloseWithError(err)
	}()
	defer pr.Close()
	var out File
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.base+path, pr)
	if err != nil {
		return out, fmt.Errorf("client: %s: %w", path, err)
	}
	req.Header.Set("Content-Type", form.FormDataContentType())
	_, err = s.send(req, &out)
	return out, err
}

func (s session) download(ctx context.Context, path string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.base+path, nil)
	if err != nil {
		return nil, fmt.Errorf("client: %s: %w", path, err)
	}
	resp, err := s.open(req)
	if err != nil || resp.StatusCode < 400 {
		return resp, err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return nil, &lineError{err}
	}
	return nil, asError(resp, raw)
}
