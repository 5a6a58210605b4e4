package ui

import (
	"strings"
	"testing"

	"quarry/feed"
	"quarry/review"
)

// twoMentions is the sample with a second mention, so that the last two rows
// are mentions.
func twoMentions(t testing.TB) *feed.Bulletin {
	d := sampleDocument(t)
	m := d.Mentions[0]
	m.Value = "gitlab.example"
	d.Mentions = append(d.Mentions, m)
	return d
}

// mark marks the rows from one to another, counted from 0.
func (b *workbench) mark(from, to int) {
	b.t.Helper()
	b.m.iocs.anchor = -1 // of a range before
	b.keys("home")
	for range from {
		b.keys("down")
	}
	b.keys("V")
	for range to - from {
		b.keys("down")
	}
}

func (b *workbench) lastWords() string {
	h := b.m.review.History()
	if len(h) == 0 {
		return ""
	}
	return h[len(h)-1].Words
}

func TestRangeLeavesMentionsAlone(t *testing.T) {
	for _, tt := range []struct {
		name     string
		off      []int // switched off before
		from, to int
		key      string
		on       []bool // of the range, after
		words    string
		status   string
	}{
		{"off", nil, 7, 10, "space", []bool{false, false, false, false}, "switched off 2 IOCs", "2 mentions left as they are"},
		{"one mention", nil, 7, 9, "space", []bool{false, false, false}, "switched off 2 IOCs", "1 mention left as it is"},
		{"only what changes", []int{7}, 6, 10, "space", []bool{true, true, true, false, false}, "switched on d41d8cd98f00b204e9800998ecf8427e", "2 mentions left as they are"},
		{"mentions alone", nil, 9, 10, "space", []bool{true, true}, "switched on 2 mentions", "u undoes"},
		{"all of the range", []int{0}, 0, 2, "a", []bool{true, true, true}, "switched on lantern[.]example", "u undoes"},
		{"all of a mixed range", nil, 8, 10, "a", []bool{false, false, false}, "switched off cdn[.]lantern[.]test", "2 mentions left as they are"},
		{"invert", []int{7}, 7, 10, "i", []bool{true, false, false, false}, "inverted 2 IOCs", "2 mentions left as they are"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newWorkbench(t, 120, 40, twoMentions(t))
			for _, i := range tt.off {
				b.keys("home")
				for range i {
					b.keys("down")
				}
				b.keys("space")
			}
			before := make([]bool, b.m.review.IOCs().Len())
			for i := range before {
				before[i] = b.m.review.On(i)
			}
			b.mark(tt.from, tt.to)
			b.keys(tt.key)
			copy(before[tt.from:], tt.on)
			for i, want := range before {
				if b.m.review.On(i) != want {
					t.Errorf("row %d is on: %v", i, !want)
				}
			}
			if b.lastWords() != tt.words {
				t.Errorf("the history says %q, want %q", b.lastWords(), tt.words)
			}
			b.wantStatus(tt.words, tt.status)
			if strings.Contains(b.m.status, "mention left") != strings.Contains(tt.status, "mention left") {
				t.Errorf("the status is %q", b.m.status)
			}
			if b.m.iocs.anchor < 0 {
				t.Error("the range is no longer marked")
			}
		})
	}
}

func TestAllShownCountsWhatChanges(t *testing.T) {
	b := newWorkbench(t, 120, 40, twoMentions(t))
	b.keys("space", "down", "space", "a")
	b.wantStatus("switched on 2 IOCs; 2 mentions left as they are")
	b.keys("/")
	b.Type("mention:yes")
	b.keys("enter", "a")
	b.wantStatus("switched on 2 mentions; u undoes")
}

func TestVerdictOnARangeCounts(t *testing.T) {
	for _, tt := range []struct {
		name     string
		before   []string
		from, to int
		key      string
		want     string
	}{
		{"all hunted", nil, 0, 2, "b", "called 3 IOCs benign; all of them are still hunted; u undoes"},
		{"some hunted", []string{"space"}, 0, 2, "b", "called 3 IOCs benign; 2 of them are still hunted; u undoes"},
		{"mentions", nil, 7, 10, "m", "called 2 IOCs and 2 mentions malicious; 2 of them are not hunted; u undoes"},
		{"one hunted", nil, 8, 10, "b", "called 1 IOC and 2 mentions benign; 1 of them is still hunted; u undoes"},
		{"one alone", nil, 0, 0, "b", "called lantern[.]example benign; still hunted, Space switches it off; u undoes"},
		{"only what changes", []string{"b"}, 0, 2, "b", "called 2 IOCs benign; all of them are still hunted; u undoes"},
		{"taken back", []string{"b", "down", "b"}, 0, 1, "b", "took the verdict from 2 IOCs; u undoes"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newWorkbench(t, 120, 40, twoMentions(t))
			b.keys(tt.before...)
			b.mark(tt.from, tt.to)
			b.keys(tt.key)
			if b.m.status != tt.want {
				t.Errorf("got  %q\nwant %q", b.m.status, tt.want)
			}
		})
	}
}

func TestNoteOnARange(t *testing.T) {
	b := newWorkbench(t, 120, 40)
	b.mark(8, 9)
	b.keys("e")
	if !strings.Contains(b.View(), "note on 1 IOC and 1 mention:") {
		t.Errorf("the prompt does not say what the note is for:\n%s", b.View())
	}
	b.Type("ours")
	b.keys("enter")
	b.wantStatus("noted on 1 IOC and 1 mention: ours")
	if b.m.review.Note(8) != "ours" || b.m.review.Note(9) != "ours" || len(b.m.review.History()) != 1 {
		t.Errorf("notes %q and %q by %d decisions", b.m.review.Note(8), b.m.review.Note(9), len(b.m.review.History()))
	}
	// Notes that differ are not removed by an Enter too many.
	b.mark(7, 9)
	b.keys("e")
	if !strings.Contains(b.View(), "replaces 2 notes") {
		t.Errorf("the prompt does not say what it replaces:\n%s", b.View())
	}
	b.keys("enter")
	if b.m.prompt == nil || b.m.review.Note(8) != "ours" {
		t.Error("an empty note removed notes that differ")
	}
	b.wantStatus("would remove 2 notes")
	b.Type("all ours")
	b.keys("enter")
	for i := 7; i < 10; i++ {
		if b.m.review.Note(i) != "all ours" {
			t.Errorf("the note of row %d is %q", i, b.m.review.Note(i))
		}
	}
	// The note that all have can be removed from all.
	b.mark(7, 9)
	b.keys("e", "ctrl+u", "enter")
	b.wantStatus("removed the notes on 2 IOCs and 1 mention")
	b.keys("u")
	if b.m.review.Note(9) != "all ours" {
		t.Error("one undo did not bring all notes back")
	}
}

func TestMarkingIsSaid(t *testing.T) {
	b := newWorkbench(t, 80, 24)
	b.mark(0, 2)
	lines := strings.Split(b.View(), "\n")
	if footer := lines[len(lines)-1]; !strings.Contains(footer, "Esc unmark") {
		t.Errorf("the footer is %q", footer)
	}
	b.keys("s", "s")
	b.wantStatus("sorted by", "the marked range is dropped")
	b.mark(0, 2)
	b.keys("S")
	b.wantStatus("reversed; the marked range is dropped")
	b.mark(0, 2)
	b.keys("/")
	b.Type("type:ip:port")
	b.keys("enter")
	b.wantStatus("3 rows shown; the marked range is dropped")
	b.mark(0, 2)
	b.keys("esc")
	if lines := strings.Split(b.View(), "\n"); strings.Contains(lines[len(lines)-1], "drops the range") || b.m.iocs.filter.Text == "" {
		t.Error("esc dropped more than the range, or not the range")
	}
	b.mark(0, 1)
	b.keys("esc", "esc")
	b.wantStatus("10 rows shown")
}

// TestUndoThatDropsARangeSaysSo: what a filter shows can change with a
// decision.
func TestUndoThatDropsARangeSaysSo(t *testing.T) {
	b := newWorkbench(t, 80, 24)
	b.keys("space", "/")
	b.Type("on:yes")
	b.keys("enter")
	b.mark(1, 2)
	b.keys("u")
	b.wantStatus("undone: switched off", "the marked range is dropped")
}

// TestVerdictIsSeenAtEverySize: at the smallest by its letter, in a column of
// its own.
func TestVerdictIsSeenAtEverySize(t *testing.T) {
	b := newWorkbench(t, minWidth, minHeight)
	for key, v := range map[string]review.Verdict{"m": review.Malicious, "b": review.Benign, "n": review.Unsure} {
		b.keys("home", key, "e", "ctrl+u")
		b.Type("a note")
		b.keys("enter")
		if b.m.review.Verdict(0) != v {
			t.Fatalf("the verdict is %q", b.m.review.Verdict(0))
		}
		row, header := strings.Split(b.View(), "\n")[3], strings.Split(b.View(), "\n")[2]
		if want := strings.ToUpper(string(v)[:1]) + " n"; !strings.HasSuffix(row, want) || !strings.HasSuffix(header, "v !") {
			t.Errorf("%s: the rows are\n%s\n%s\nwant %q at the end", v, header, row, want)
		}
	}
}

func TestNoConfidenceHasNoBar(t *testing.T) {
	b := newWorkbench(t, 120, 40)
	for _, l := range strings.Split(b.View(), "\n") {
		if strings.Contains(l, "github[.]com") && strings.ContainsAny(l, b.m.glyphs.full+b.m.glyphs.empty) {
			t.Errorf("a bar stands for no confidence: %q", l)
		}
	}
}
