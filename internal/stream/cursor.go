package stream

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"hash/fnv"

	"earshot/internal/chat"
)

// mark is how far a reader has everything that is for him.
type mark struct {
	pos int64  // position in the log; 0 for a visitor's snapshot
	fp  uint32 // fingerprint of the event there
	// low is for agents the position up to which rows have been sent (rows are
	// held back up to a second, events are not), and for visitors the vseq.
	low   int64
	lowFP uint32 // visitors: fingerprint of the event with that vseq
	// rights is the generation under which all this was read.
	rights int64
}

// reason is why a reader must load the snapshot again.
type reason string

const (
	reasonNew    reason = "new"    // no cursor
	reasonGap    reason = "gap"    // too far behind
	reasonEpoch  reason = "epoch"  // another history: restored or rolled back
	reasonRights reason = "rights" // what the reader may see has changed
	reasonBad    reason = "bad"    // not a cursor of ours for this reader
)

// fingerprint tells one event at a position from another.
func fingerprint(id chat.EventID) uint32 {
	if id == "" {
		return 0
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(id))
	return h.Sum32()
}

// sealer makes cursors opaque and bound to their reader. The nonces are random;
// were two ever equal, the worst is a forged position, and what is read from
// there is judged by Visible like everything else.
type sealer struct {
	aead  cipher.AEAD
	epoch uint64
}

func newSealer(key []byte, epoch string) sealer {
	// The key is also used elsewhere: derive one that is for cursors alone.
	derived := sha256.Sum256(append([]byte("earshot cursor 1\x00"), key...))
	block, err := aes.NewCipher(derived[:])
	if err != nil {
		panic(err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic(err)
	}
	sum := sha256.Sum256([]byte(epoch))
	return sealer{aead: aead, epoch: binary.BigEndian.Uint64(sum[:8])}
}

const (
	cursorVersion = 1
	cursorSize    = 1 + 8 + 8 + 4 + 8 + 4 + 8 // all cursors are equally long
	maxCursor     = 256
)

// appendIdentity binds a cursor to one reader.
func appendIdentity(id []byte, v chat.Viewer) []byte {
	id = append(append(id, v.Kind...), 0)
	id = append(append(id, v.Agent...), 0)
	id = append(append(id, v.Visitor...), 0)
	return append(id, v.Conversation...)
}

func (s sealer) seal(v chat.Viewer, m mark) string { return string(s.appendSeal(nil, v, m)) }

// appendSeal appends a cursor. Each frame has one of its own, so all its steps
// share one piece of memory.
func (s sealer) appendSeal(b []byte, v chat.Viewer, m mark) []byte {
	work := make([]byte, 0, 256)
	plain := append(work, cursorVersion)
	plain = binary.BigEndian.AppendUint64(plain, s.epoch)
	plain = binary.BigEndian.AppendUint64(plain, uint64(m.pos))
	plain = binary.BigEndian.AppendUint32(plain, m.fp)
	plain = binary.BigEndian.AppendUint64(plain, uint64(m.low))
	plain = binary.BigEndian.AppendUint32(plain, m.lowFP)
	plain = binary.BigEndian.AppendUint64(plain, uint64(m.rights))
	id := appendIdentity(plain[len(plain):], v)
	sealed := s.aead.Seal(id[len(id):], nil, plain, id)
	return base64.RawURLEncoding.AppendEncode(b, sealed)
}

// open returns the mark of a cursor, or the reason why it cannot be followed.
func (s sealer) open(v chat.Viewer, cursor string) (mark, reason) {
	if cursor == "" {
		return mark{}, reasonNew
	}
	if len(cursor) > maxCursor {
		return mark{}, reasonBad
	}
	sealed, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return mark{}, reasonBad
	}
	b, err := s.aead.Open(nil, nil, sealed, appendIdentity(nil, v))
	if err != nil || len(b) != cursorSize || b[0] != cursorVersion {
		return mark{}, reasonBad
	}
	u64 := binary.BigEndian.Uint64
	m := mark{pos: int64(u64(b[9:])), fp: binary.BigEndian.Uint32(b[17:]), low: int64(u64(b[21:])), lowFP: binary.BigEndian.Uint32(b[29:]), rights: int64(u64(b[33:]))}
	switch {
	case u64(b[1:]) != s.epoch:
		return mark{}, reasonEpoch
	case m.rights != v.Rights:
		return mark{}, reasonRights
	}
	return m, ""
}
