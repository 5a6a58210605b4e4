package ui

import (
	"fmt"
	"os"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/exp/golden"
	"github.com/google/go-cmp/cmp"
)

// comparison is a workbench in a folder with older documents.
func comparison(t *testing.T) *workbench {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"broken.txt":     "lantern.example\n!a line that nobody can read\n",
		"many.txt":       domains("many", 30_000),
		"folder/one.txt": "lantern.example\n", "folder/two.txt": "lantern.example\ngone.example\n", "folder/bad.bin": "\x00\x01\x02",
	} {
		path := dir + "/" + name
		if err := os.MkdirAll(path[:strings.LastIndexByte(path, '/')], 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	return pasting(t, 120, 40)
}

func TestScreensOfComparison(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 40}} {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			b := pasting(t, size[0], size[1])
			b.keys("D")
			b.Type("testdata/older.txt")
			b.keys("enter")
			checkFrame(t, b.m)
			list := b.View()
			b.keys("esc")
			checkFrame(t, b.m)
			golden.RequireEqual(t, []byte(list+"\n"+b.View()))
		})
	}
}

func TestComparison(t *testing.T) {
	b := comparison(t)
	b.keys("/")
	b.Type("diff:new")
	b.keys("enter")
	b.wantStatus("there is nothing to compare with yet; D asks for an older document")
	b.keys("esc", "D", "enter")
	b.wantStatus("no path; name a file or a folder")
	b.Type("nowhere.txt")
	b.keys("enter")
	b.wantStatus("nowhere.txt")
	if b.m.prompt == nil || b.m.prompt.input.Value() != "nowhere.txt" {
		t.Fatal("the path is not asked for again")
	}
	b.keys("esc", "D")
	b.Type("broken.txt")
	b.keys("enter")
	b.wantStatus("a line that nobody can read")
	b.keys("esc", "D")
	b.Type("folder")
	b.keys("enter")
	b.wantStatus("folder: ")
	for _, want := range []string{"Gone (1)", "gone[.]example, in 1 document", "lantern[.]example, confidence 1% to 75%", "Not compared", "folder/bad.bin"} {
		if !strings.Contains(b.View(), want) {
			t.Errorf("the list shows\n%s\nwant %q", b.View(), want)
		}
	}
	b.keys("esc", "/")
	b.Type("diff:changed")
	b.keys("enter", "enter")
	if !strings.Contains(b.View(), "family none to Lantern RAT; compared with folder") || len(b.m.iocs.view) != 1 {
		t.Errorf("%d rows, the details are\n%s", len(b.m.iocs.view), b.View())
	}
	b.keys("esc")
	b.Paste("gone.example\n")
	b.keys("enter")
	b.wantStatus("added pasted")
	if o := b.m.review.Older(); len(o.Gone) != 0 || !o.Done() {
		t.Errorf("%v is gone", o.Gone)
	}
	b.keys("D", "D")
	if b.m.prompt == nil || b.m.prompt.input.Value() != "folder" {
		t.Fatal("D in the list asks for no other document")
	}
	b.keys("ctrl+u", "enter")
	b.wantStatus("compared with nothing any more")
	if b.m.review.Older() != nil || b.m.iocs.filter.Text != "" {
		t.Error("it is compared still")
	}
}

// TestComparisonCanBeDropped reads a document that goes on coming, and drops it.
func TestComparisonCanBeDropped(t *testing.T) {
	b := comparison(t)
	b.keys("D")
	b.Type("many.txt")
	cmd := b.m.prompt.press(b.m, tea.KeyPressMsg{Code: tea.KeyEnter})
	b.m.prompt = nil
	b.wantStatus("reading many.txt to compare with; x drops that")
	begun := cmd().(olderMsg)
	if cmd = b.m.takeOlder(begun); cmd == nil {
		t.Fatal("it was read to its end at once")
	}
	if !strings.Contains(b.View(), "reading the older") {
		t.Errorf("no progress:\n%s", b.View())
	}
	b.keys("D")
	b.wantStatus("the older document is still being read; x drops that")
	b.keys("x")
	b.wantStatus("dropped; nothing is compared")
	if b.m.takeOlder(begun) != nil || b.m.review.Older() != nil {
		t.Error("it goes on though it was dropped")
	}
}

// TestChangeMarksAreWhatIsCounted: the marks, the counts and the filter mean the same
// rows.
func TestChangeMarksAreWhatIsCounted(t *testing.T) {
	b := pasting(t, 120, 40)
	b.keys("D")
	b.Type("testdata/older.txt")
	b.keys("enter", "esc")
	o := b.m.review.Older()
	for _, tt := range []struct {
		mark, filter string
		rows         []int32
	}{{"+", "diff:new", o.New}, {"~", "diff:changed", o.Changed}} {
		var marked []int32
		for i := range b.m.review.IOCs().Len() {
			if b.m.changeMark(i) == tt.mark {
				marked = append(marked, int32(i))
			}
		}
		if len(tt.rows) == 0 {
			t.Fatalf("the documents have nothing for %s", tt.filter)
		}
		if diff := cmp.Diff(tt.rows, marked); diff != "" {
			t.Errorf("%s stands before other rows than are counted:\n%s", tt.mark, diff)
		}
		b.keys("/")
		b.Type(tt.filter)
		b.keys("enter")
		if diff := cmp.Diff(tt.rows, b.m.iocs.view); diff != "" {
			t.Errorf("%s shows other rows than are counted:\n%s", tt.filter, diff)
		}
		b.keys("esc")
	}
}
