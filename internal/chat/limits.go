package chat

import "time"

// The limits of the product. docs/protocol.md states them; a test keeps the two
// equal.
const (
	MaxText         = 10_000           // characters of a message or note
	MaxFiles        = 10               // files of one message
	MaxFileBytes    = 10 << 20         // bytes of one file
	MaxUnsent       = 20               // files of one person that no message holds yet
	MaxName         = 80               // characters of a person's or site's name
	MaxPassword     = 200              // characters
	MinPassword     = 12               // characters
	MaxOrigins      = 50               // allowed origins of a site
	MaxData         = 30               // custom fields about a visitor
	MaxResume       = 500              // events that a resume answers with; more is a reset
	MaxWatch        = 30               // conversations that one feed watches besides its own
	MaxPixels       = 40_000_000       // pixels of a picture
	RecoverFor      = 10 * time.Minute // an abandoned Thread keeps its place so long
	AbandonAfter    = 60 * time.Second // without connection, while queued
	ConnectionLost  = 30 * time.Second // shown to colleagues after that long without a sign of life
	maxPreview      = 200
	maxArrivalField = 2_000
)
