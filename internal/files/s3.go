package files

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

const (
	s3Dial  = 3 * time.Second  // to reach the server
	s3Turn  = 15 * time.Second // for its answer to begin
	s3Put   = 40 * time.Second // for a whole upload of chat.MaxFileBytes, with what is tried again
	s3Short = 10 * time.Second // for what carries no file
	s3Tries = 3
	// ownerObject says whose files lie under a prefix.
	ownerObject = "earshot-owner"
)

// S3 names a bucket of an S3-compatible server.
type S3 struct {
	// Endpoint is the server, like https://s3.example.com; a path is not possible.
	Endpoint string
	Bucket   string
	// Prefix comes before every name, without slashes around it; empty = none.
	Prefix         string
	Region         string // empty = the server's own
	Key, SecretKey string
	// Owner names the workspace: letters and digits. Another workspace's files are
	// refused at the first use, since each one removes what no row of its own names.
	Owner string
}

// bucket is a shelf in an S3-compatible server, which has stored durably what it
// has answered.
type bucket struct {
	c            *minio.Client
	name, prefix string
	owner        string
	transport    *http.Transport
}

// OpenS3 makes a store in a bucket and asks nothing yet; see [Store.Check].
func OpenS3(s S3) (*Store, error) {
	u, err := url.Parse(s.Endpoint)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || strings.Trim(u.Path, "/") != "" || u.User != nil {
		return nil, fmt.Errorf("files: the endpoint %q is not an address like https://s3.example.com", s.Endpoint)
	}
	t := &http.Transport{Proxy: http.ProxyFromEnvironment, DialContext: (&net.Dialer{Timeout: s3Dial}).DialContext, TLSHandshakeTimeout: s3Dial,
		ResponseHeaderTimeout: s3Turn, MaxIdleConnsPerHost: 16, IdleConnTimeout: time.Minute, DisableCompression: true}
	c, err := minio.New(u.Host, &minio.Options{Creds: credentials.NewStaticV4(s.Key, s.SecretKey, ""), Secure: u.Scheme == "https",
		Region: s.Region, Transport: t, MaxRetries: s3Tries})
	if err != nil {
		return nil, fmt.Errorf("files: %w", err)
	}
	return newStore(&bucket{c: c, name: s.Bucket, prefix: s.Prefix, owner: s.Owner, transport: t}), nil
}

// Check asks whether the place can be used and is this workspace's own. It fails
// with ErrAway where a bucket's server does not answer, which may pass.
func (s *Store) Check(ctx context.Context) error {
	if b, is := s.shelf.(*bucket); is {
		return b.check(ctx)
	}
	return nil
}

// Reach asks whether the place is there and may be looked at; it changes nothing.
func (s *Store) Reach(ctx context.Context) error {
	if b, is := s.shelf.(*bucket); is {
		return b.reach(ctx)
	}
	return nil
}

func (b *bucket) reach(ctx context.Context) error {
	has, err := b.c.BucketExists(ctx, b.name)
	switch {
	case err != nil:
		return fmt.Errorf("files: bucket %s: %w", b.name, explain(err))
	case !has:
		return fmt.Errorf("files: there is no bucket %s; make it, or name another one", b.name)
	}
	return nil
}

func (b *bucket) check(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, s3Short)
	defer cancel()
	if err := b.reach(ctx); err != nil {
		return err
	}
	found, err := b.ownerOf(ctx)
	if errors.Is(err, fs.ErrNotExist) {
		if err = b.write(ctx, ownerObject, []byte(b.owner)); err == nil {
			found, err = b.ownerOf(ctx)
		}
	}
	switch {
	case err != nil:
		return fmt.Errorf("files: bucket %s: %w", b.name, err)
	case found != b.owner:
		return fmt.Errorf("files: bucket %s, prefix %q holds the files of another workspace; name another prefix", b.name, b.prefix)
	}
	return nil
}

func (b *bucket) ownerOf(ctx context.Context) (string, error) {
	f, err := b.open(ctx, ownerObject)
	if err != nil {
		return "", err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, 200))
	return string(text), explain(err)
}

func (b *bucket) close() error {
	b.transport.CloseIdleConnections()
	return nil
}

func (b *bucket) key(name string) string { return path.Join(b.prefix, name) }

func (b *bucket) put(ctx context.Context, name string, c checked) error {
	ctx, cancel := context.WithTimeout(ctx, s3Put)
	defer cancel()
	if c.thumb != nil {
		if err := b.write(ctx, name+thumbSuffix, c.thumb); err != nil {
			return err
		}
	}
	return b.write(ctx, name, c.data)
}

// write stores an object as a whole, with a checksum that the server compares.
func (b *bucket) write(ctx context.Context, name string, data []byte) error {
	_, err := b.c.PutObject(ctx, b.name, b.key(name), bytes.NewReader(data), int64(len(data)),
		minio.PutObjectOptions{ContentType: "application/octet-stream", SendContentMd5: true, DisableMultipart: true})
	return explain(err)
}

// link lets the server copy the object: its bytes do not come here.
func (b *bucket) link(ctx context.Context, from, to string) error {
	ctx, cancel := context.WithTimeout(ctx, s3Put)
	defer cancel()
	_, err := b.c.CopyObject(ctx, minio.CopyDestOptions{Bucket: b.name, Object: b.key(to)}, minio.CopySrcOptions{Bucket: b.name, Object: b.key(from)})
	return explain(err)
}

func (b *bucket) open(ctx context.Context, name string) (io.ReadSeekCloser, error) {
	// The object is asked of the server by what reads it, which lasts as long as the
	// reader's context.
	f, err := b.c.GetObject(ctx, b.name, b.key(name), minio.GetObjectOptions{})
	if err != nil {
		return nil, explain(err)
	}
	if _, err := f.Stat(); err != nil {
		f.Close()
		return nil, explain(err)
	}
	return f, nil
}

func (b *bucket) remove(ctx context.Context, name string) error {
	ctx, cancel := context.WithTimeout(ctx, s3Short)
	defer cancel()
	if err := explain(b.c.RemoveObject(ctx, b.name, b.key(name), minio.RemoveObjectOptions{})); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func (b *bucket) each(ctx context.Context, before time.Time, fn func(string) error) error {
	ctx, cancel := context.WithCancel(ctx) // ends the listing where fn fails
	defer cancel()
	prefix := b.prefix
	if prefix != "" {
		prefix += "/"
	}
	for one := range b.c.ListObjects(ctx, b.name, minio.ListObjectsOptions{Prefix: prefix, Recursive: true}) {
		if one.Err != nil {
			return explain(one.Err)
		}
		if !one.LastModified.Before(before) {
			continue
		}
		if err := fn(strings.TrimPrefix(one.Key, prefix)); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// explain tells what is missing and what is away from what was refused.
func explain(err error) error {
	if err == nil {
		return nil
	}
	answer := minio.ToErrorResponse(err)
	switch {
	case answer.Code == minio.NoSuchKey:
		return fs.ErrNotExist
	case answer.StatusCode >= 500, answer.StatusCode == 0 && answer.Code == "", minio.IsNetworkOrHostDown(err, true):
		return fmt.Errorf("%w: %w", ErrAway, err)
	}
	return err
}
