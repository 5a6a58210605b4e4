package cli

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"quarry/feed"
	"quarry/review"
	"quarry/review/store"
)

// TestImportEndsEarly: who takes memories in learns how far that came when it ends
// early, and what to do.
func TestImportEndsEarly(t *testing.T) {
	s, err := store.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	path := filepath.Join(t.TempDir(), "said")
	out, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	p := &program{stdout: out, stderr: out}
	said := func() string {
		t.Helper()
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	at := time.Date(2026, 5, 12, 9, 0, 0, 0, time.UTC)
	all := []store.Memory{{Type: feed.Domain, Value: "a.example", Remembered: review.Remembered{Verdict: review.Benign, Who: "jk", At: at, Moment: at.UnixMicro()}}}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := p.takeIn(ctx, s, all); !errors.Is(err, context.Canceled) || !strings.Contains(said(), "it ended early: 0 of 1 were taken in; the same command again does the rest") {
		t.Errorf("%v: %s", err, said())
	}
	if err := p.takeIn(context.Background(), s, all); err != nil || !strings.HasSuffix(said(), "\n1 taken in, 0 known already\n") {
		t.Errorf("%v: %s", err, said())
	}
}
