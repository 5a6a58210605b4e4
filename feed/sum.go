package feed

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
)

// sum is the SHA-256 of what is written to it. Of a large document it is taken
// beside the reading, which would else wait for it half the time. The zero sum
// is ready for use by one goroutine.
type sum struct {
	hash   hash.Hash
	text   []byte // not hashed yet
	blocks [sumBlocks]sumBlock
	at     int           // the block that text is
	last   chan struct{} // closed when all blocks before are hashed
	off    bool          // nobody asks for it
}

// sumBlock is a block that is hashed now, or was.
type sumBlock struct {
	text []byte
	done chan struct{} // closed when it is hashed
}

const (
	// sumSize is how much is hashed at a time.
	sumSize = 256 << 10
	// sumBlocks is how many blocks the reading may be ahead of the hashing.
	sumBlocks = 8
)

// Write adds text. It never fails.
func (s *sum) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 && !s.off {
		m := min(len(p), sumSize-len(s.text))
		s.text = append(s.text, p[:m]...)
		if p = p[m:]; len(s.text) == sumSize {
			s.start()
		}
	}
	return n, nil
}

// start begins to hash a block as soon as those before are, and waits for one to
// write the next into. The goroutines end by themselves, whether anybody waits or
// not.
func (s *sum) start() {
	if s.hash == nil {
		s.hash = sha256.New()
	}
	block := sumBlock{s.text, make(chan struct{})}
	s.blocks[s.at] = block
	go func(h hash.Hash, before chan struct{}) {
		if before != nil {
			<-before
		}
		h.Write(block.text)
		close(block.done)
	}(s.hash, s.last)
	s.last = block.done
	s.at = (s.at + 1) % sumBlocks
	next := s.blocks[s.at]
	if next.done != nil {
		<-next.done
	}
	s.text = next.text[:0]
}

// hex is the hash of all that was written, in lower-case hexadecimal, or "" when
// it is off.
func (s *sum) hex() string {
	if s.off {
		return ""
	}
	if s.hash == nil {
		s.hash = sha256.New()
	}
	if s.last != nil {
		<-s.last
	}
	s.hash.Write(s.text)
	s.text = s.text[:0]
	return hex.EncodeToString(s.hash.Sum(nil))
}
