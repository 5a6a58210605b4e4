package review

import (
	"strings"
	"testing"
	"time"

	"quarry/feed"
)

// soon fails the test where something takes longer than costs in proportion to
// the length of the text allow, by far.
func soon(t *testing.T, what string, do func()) {
	t.Helper()
	began := time.Now()
	do()
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("%s took %v", what, took)
	}
}

func TestLongTextsAreWrittenAndRead(t *testing.T) {
	for _, piece := range []string{
		"a.", ":", "[", "1", "@a", "*_", "http://", "http://a.example/", "::", "<!--", "`", "a@b.", "\\", "lantern.example ", "2001:db8::10 ", ".",
	} {
		d := lantern(t)
		d.Text = strings.Repeat(piece, 150_000/len(piece))
		r := start(t, d)
		var text string
		soon(t, "writing many "+piece, func() { text = exported(t, r) })
		soon(t, "reading many "+piece, func() {
			if again := reopen(t, text); again.Documents()[0].Text != r.Documents()[0].Text {
				t.Errorf("many %q are read as something else", piece)
			}
		})
	}
}

func TestHostileMarkdownIsReadInTime(t *testing.T) {
	head, _, _ := cutFrontMatter([]byte(exported(t, small(t))))
	for _, before := range []string{"## Hypothesis\n\n", "## IOC Summary\n\n| On | Value | Type |\n|---|---|---|\n"} {
		for _, piece := range []string{
			"[", "[a](", "![", "*a ", "*", "`a", "<a ", "<!--", "&", "- ", "> ", "1. ", "a\n", "|a\n|-\n", "```\n", "[a]: b\n", "** a", "[[", "``` x\n", "*_*_", "`` ` ", "<a href=\"",
		} {
			in := input(t, "reviewed.md", "---\n"+string(head)+"\n---\n"+before+strings.Repeat(piece, 60_000/len(piece)))
			soon(t, "reading many "+piece, func() {
				if _, err := Open(inputs(in), feed.NewRegistry(), builtin(t)); err != nil {
					t.Error(err)
				}
			})
		}
	}
}
