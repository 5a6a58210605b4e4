//go:build unix

package cli

import (
	"strings"
	"testing"

	"quarry/ui/termtest"
)

// TestSequenceOfManyNumbers: a terminal ends nothing by what it sends, and keys
// mean afterwards what they meant before.
func TestSequenceOfManyNumbers(t *testing.T) {
	p := termtest.StartPty(t, 80, 24, quarry(t))
	p.WaitFor("14 of 14 ")
	p.Write("\x1b[" + strings.Repeat("1;", 40) + "A")
	p.Press("space")
	p.WaitFor("13 of 14 ")
}
