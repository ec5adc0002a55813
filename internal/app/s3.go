package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"time"

	"earshot/internal/files"
	"earshot/internal/store"
)

// S3 says where files are kept instead of in the data directory.
type S3 struct {
	Endpoint string `help:"Server that keeps the files, such as https://s3.example.com; without it they are in the data directory." placeholder:"URL" env:"ENDPOINT"`
	Bucket   string `help:"Bucket of the files." placeholder:"NAME" env:"BUCKET"`
	Prefix   string `help:"What the names in the bucket begin with, where several workspaces share one." placeholder:"NAME" env:"PREFIX"`
	Region   string `help:"Region of the bucket." placeholder:"NAME" env:"REGION"`
	Key      string `help:"Access key; better in the environment, where other users do not see it." placeholder:"KEY" env:"KEY"`
	Secret   string `help:"Secret key; in the environment, where other users do not see it." placeholder:"KEY" env:"SECRET"`
}

func (s S3) check() error {
	switch {
	case s.Endpoint == "" && s.Bucket == "":
		return nil
	case s.Endpoint == "" || s.Bucket == "":
		return errors.New("--s3-endpoint and --s3-bucket belong together: name both, or neither")
	case s.Key == "" || s.Secret == "":
		return errors.New("--s3-endpoint needs keys: put them into EARSHOT_S3_KEY and EARSHOT_S3_SECRET")
	}
	fs, err := s.store("check")
	if err == nil {
		err = fs.Close()
	}
	if err != nil {
		return fmt.Errorf("--s3-endpoint: %w", err)
	}
	return nil
}

func (s S3) store(owner string) (*files.Store, error) {
	return files.OpenS3(files.S3{Endpoint: s.Endpoint, Bucket: s.Bucket, Prefix: strings.Trim(s.Prefix, "/"), Region: s.Region, Key: s.Key, SecretKey: s.Secret, Owner: owner})
}

// open opens the files of the workspace. A bucket that does not answer keeps no
// server from starting: what is written needs no file.
func (s S3) open(ctx context.Context, st *store.Store, data string) (*files.Store, error) {
	if s.Endpoint == "" {
		return files.Open(filepath.Join(data, filesDir))
	}
	key, err := sealKey(ctx, st)
	if err != nil {
		return nil, err
	}
	fs, err := s.store(ownerOf(key))
	if err != nil {
		return nil, err
	}
	err = fs.Check(ctx)
	if errors.Is(err, files.ErrAway) {
		slog.Warn("files: the bucket does not answer; files cannot be sent or read until it does", "error", err)
		return fs, nil
	}
	if err != nil {
		return nil, errors.Join(err, fs.Close())
	}
	return fs, nil
}

// place opens the bucket for a workspace with a key, and fails where it does not
// answer: for who has files to put there now.
func (s S3) place(ctx context.Context, key []byte) (*files.Store, error) {
	fs, err := s.store(ownerOf(key))
	if err != nil {
		return nil, err
	}
	if err := fs.Check(ctx); err != nil {
		return nil, errors.Join(err, fs.Close())
	}
	return fs, nil
}

// ownerOf names a workspace by its key, which stays with it over restores and
// moves. Its hash tells nothing.
func ownerOf(key []byte) string {
	sum := sha256.Sum256(append([]byte("owner of the files\x00"), key...))
	return hex.EncodeToString(sum[:12])
}

// setting judges where files are kept.
func (s S3) setting() finding {
	f := finding{Name: "files", Value: "in the data directory", Level: levelOK}
	if s.Endpoint == "" && s.Bucket == "" {
		return f
	}
	f.Value = strings.TrimRight(s.Endpoint, "/") + "/" + strings.Trim(s.Bucket+"/"+s.Prefix, "/")
	if err := s.check(); err != nil {
		f.Level, f.Words = levelWrong, err.Error()
		return f
	}
	fs, err := s.store("")
	if err == nil {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		err = errors.Join(fs.Reach(ctx), fs.Close())
	}
	if err != nil {
		f.Level, f.Words = levelWrong, err.Error()
	}
	if strings.HasPrefix(s.Endpoint, "http://") && !isLoopback(strings.TrimPrefix(s.Endpoint, "http://")) && f.Level == levelOK {
		f.Level, f.Words = levelNote, "files cross the network in clear: use https, or keep it inside a network of its own"
	}
	return f
}
