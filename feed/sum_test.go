package feed

import (
	"crypto/sha256"
	"encoding/hex"
	"math/rand/v2"
	"testing"
)

func TestSum(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, size := range []int{0, 1, 1000, sumSize - 1, sumSize, sumSize + 1, 2 * sumSize, 5*sumSize + 7, (3*sumBlocks+1)*sumSize + 7} {
		text := make([]byte, size)
		for i := range text {
			text[i] = byte(r.Uint32())
		}
		want := sha256.Sum256(text)
		var s sum
		for rest := text; len(rest) > 0; {
			n := min(len(rest), 1+r.IntN(sumSize))
			if m, err := s.Write(rest[:n]); m != n || err != nil {
				t.Fatal(m, err)
			}
			clear(rest[:n]) // whoever wrote it may use it again
			rest = rest[n:]
		}
		for range 2 {
			if got := s.hex(); got != hex.EncodeToString(want[:]) {
				t.Errorf("of %d bytes: %s", size, got)
			}
		}
	}
}
