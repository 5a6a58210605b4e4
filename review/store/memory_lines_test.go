package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"quarry/feed"
	"quarry/review"
)

// now is when lines are read.
var now = atNoon

func TestReadMemories(t *testing.T) {
	all, err := ReadMemories("team.jsonl", strings.NewReader("\uFEFF"+`{"type":"domain","value":"CDN[.]example.com.","verdict":"benign","note":"our\nCDN","who":"jk","at":"2026-05-12"}`+"\r\n\n"+
		`{"type":"url","value":"HTTPS://Example.com/A","note":"seen","at":"2026-05-12T09:30:00+02:00","moment":7}`), now)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"type":"domain","value":"cdn.example.com","verdict":"benign","note":"our CDN","who":"jk","at":"2026-05-12","moment":1778544000000000}` + "\n" +
		`{"type":"url","value":"https://example.com/A","note":"seen","at":"2026-05-12T07:30:00Z","moment":7}` + "\n"
	if diff := cmp.Diff(want, linesOf(t, all)); diff != "" {
		t.Error(diff)
	}
}

// TestLinesOfWrongClocks: a time that no line can have is written as one that can.
func TestLinesOfWrongClocks(t *testing.T) {
	for year, want := range map[int]string{1900: "1970-01-01", 12000: "9999-12-31T23:59:59.999999Z"} {
		at := time.Date(year, 1, 1, 1, 0, 0, 0, time.UTC)
		line := linesOf(t, []Memory{{Type: feed.Domain, Value: "a.example", Remembered: review.Remembered{Verdict: review.Benign, At: at, Moment: max(1, at.UnixMicro())}}})
		all, err := ReadMemories("team.jsonl", strings.NewReader(line), lastTime) // when neither is still to come
		if err != nil || len(all) != 1 || !strings.Contains(line, want) {
			t.Errorf("%s%v", line, err)
		}
	}
}

// TestMemoryFaults: a fault is told with its line.
func TestMemoryFaults(t *testing.T) {
	const good = `{"type":"domain","value":"a.example","verdict":"benign","at":"2026-05-12"}`
	for _, tt := range []struct{ line, want string }{
		{`<<<<<<< HEAD`, "this is no memory"},
		{`{"type":"domain","value":"a.example","verdict":"benign","at":"2026-05-12"`, "this is no memory"},
		{good + good, "more than one object"},
		{`{"type":"domain","value":"a.example","verdict":"benign","at":"2026-05-12","why":1}`, "unknown field"},
		{`{"type":"dom","value":"a.example","verdict":"benign","at":"2026-05-12"}`, "is no type"},
		{`{"type":"ip","value":"a.example","verdict":"benign","at":"2026-05-12"}`, "a.example"},
		{`{"type":"domain","value":"a.example","verdict":"good","at":"2026-05-12"}`, "is no verdict"},
		{`{"type":"domain","value":"a.example","verdict":"benign"}`, "write when it was judged"},
		{`{"type":"domain","value":"a.example","verdict":"benign","at":"0001-01-01"}`, "write when it was judged"},
		{`{"type":"domain","value":"a.example","verdict":"benign","at":"2026-05-12","moment":-1}`, "the moment"},
		{`{"type":"domain","value":"a.example","verdict":"benign","at":"2026-05-12","moment":9223372036854775807}`, "the moment"},
		{`{"type":"domain","value":"a.example","note":" ","at":"2026-05-12"}`, "neither a verdict nor a note"},
		{`{"type":"domain","value":"a.example","verdict":"benign","at":"2026-05-12","withdrawn":true}`, "withdrawn"},
		{strings.Repeat(" ", longestLine+1), "longer than"},
	} {
		all, err := ReadMemories("team.jsonl", strings.NewReader(good+"\n\n"+tt.line+"\n"), now)
		var fault *MemoryError
		if !errors.As(err, &fault) || fault.Line != 3 || !strings.HasPrefix(err.Error(), "team.jsonl:3: ") || !strings.Contains(err.Error(), tt.want) || all != nil {
			t.Errorf("%.80s: %d memories, %v; want %s", tt.line, len(all), err, tt.want)
		}
	}
}

// FuzzMemories: what is read is written so that the same is read again, and can be
// taken in.
func FuzzMemories(f *testing.F) {
	f.Add(`{"type":"domain","value":"a.example","verdict":"benign","note":"our CDN","who":"jk","at":"2026-05-12","document":"Lantern"}`)
	f.Add("\uFEFF\n{\"type\":\"file_name\",\"value\":\"a\\nb.exe\",\"note\":\"\\u202e\",\"at\":\"2026-05-12T01:02:03.123456789Z\",\"moment\":12}\r\n")
	f.Add(`{"type":"domain","value":"a.example","note":"seen","at":"2026-05-12","moment":20,"judged":{"at":"2026-05-11","moment":20,"since":10},"noted":{"at":"2026-05-12","moment":15}}`)
	f.Add(`{"type":"url","value":"hxxp://[2001:db8::1]/%zz","at":"9999-12-31","withdrawn":true}`)
	s, err := Open(f.TempDir())
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() {
		if err := s.Close(); err != nil {
			f.Error(err)
		}
	})
	f.Fuzz(func(t *testing.T, text string) {
		all, err := ReadMemories("team.jsonl", strings.NewReader(text), now)
		if err != nil {
			var fault *MemoryError
			if !errors.As(err, &fault) || fault.Line < 1 {
				t.Fatalf("an error without a line: %v", err)
			}
			return
		}
		again, err := ReadMemories("team.jsonl", strings.NewReader(linesOf(t, all)), now)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(all, again, cmpopts.EquateEmpty(), cmp.AllowUnexported(Memory{})); diff != "" {
			t.Fatal(diff)
		}
		if _, err := s.TakeIn(context.Background(), all); err != nil {
			t.Fatal(err)
		}
		if got, err := s.TakeIn(context.Background(), all); err != nil || got.New != 0 {
			t.Fatalf("taken in again: %+v, %v", got, err)
		}
	})
}

// TestManyAreTakenInBatches: who decides meanwhile does not wait for all of them.
func TestManyAreTakenInBatches(t *testing.T) {
	db, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	all := make([]Memory, 2*atOnce+1)
	for i := range all {
		all[i] = Memory{Type: feed.Domain, Value: fmt.Sprintf("host-%d.example", i), Remembered: review.Remembered{Verdict: review.Benign, Who: "ab", At: atNoon, Moment: int64(i + 1)}}
	}
	for _, want := range []TakenIn{{New: len(all)}, {Known: len(all)}} {
		if got, err := db.TakeIn(context.Background(), all); err != nil || got != want {
			t.Fatalf("taken in %+v, %v, want %+v", got, err, want)
		}
	}
	var changes int
	if err := db.db.QueryRow("SELECT memories FROM clock").Scan(&changes); err != nil || changes != 3 {
		t.Errorf("written in %d transactions, %v", changes, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if got, err := db.TakeIn(ctx, all); !errors.Is(err, context.Canceled) || got.New != 0 {
		t.Errorf("taken in %+v after it was ended: %v", got, err)
	}
}
