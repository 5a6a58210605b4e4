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
	hash hash.Hash
	text []byte        // not hashed yet
	next []byte        // what is hashed now, or was
	done chan struct{} // closed when that is hashed
}

// sumBlock is how much is hashed at a time.
const sumBlock = 256 << 10

// Write adds text. It never fails.
func (s *sum) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		m := min(len(p), sumBlock-len(s.text))
		s.text = append(s.text, p[:m]...)
		if p = p[m:]; len(s.text) == sumBlock {
			s.start()
		}
	}
	return n, nil
}

// start begins to hash a block. The goroutine ends with it, whether anybody
// waits or not.
func (s *sum) start() {
	s.wait()
	s.text, s.next = s.next[:0], s.text
	s.done = make(chan struct{})
	go func(h hash.Hash, block []byte, done chan struct{}) {
		h.Write(block)
		close(done)
	}(s.hash, s.next, s.done)
}

// wait waits for what is hashed now.
func (s *sum) wait() {
	if s.hash == nil {
		s.hash = sha256.New()
	}
	if s.done != nil {
		<-s.done
		s.done = nil
	}
}

// hex is the hash of all that was written, in lower-case hexadecimal.
func (s *sum) hex() string {
	s.wait()
	s.hash.Write(s.text)
	s.text = s.text[:0]
	return hex.EncodeToString(s.hash.Sum(nil))
}
