package ui

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/charmbracelet/x/exp/golden"

	"quarry/feed"
)

// faulty is a document with n findings of one code, one worse and one other,
// and as many as are still told one by one of another code.
func faulty(t testing.TB, name string, n int) *feed.Bulletin {
	t.Helper()
	d := sampleDocument(t)
	d.Source.Name, d.Queries, d.Scenarios = name, nil, nil
	find := func(s feed.Severity, code string, line int, format string, args ...any) {
		d.Findings = append(d.Findings, feed.Finding{Code: code, Severity: s, Source: feed.Source{Name: name, Line: line}, Text: fmt.Sprintf(format, args...)})
	}
	find(feed.Warning, "count-differs", 4, "the summary states 9 IOCs and the table has 8 rows")
	for i := range n {
		find(feed.Warning, "bad-date", 10+i, `"someday" is no date, so "host%d.example" has no first seen`, i)
	}
	for i := range mostAlike {
		find(feed.Info, "long-row", 9000+i, "the row %d has more cells than the header", i)
	}
	find(feed.Error, "text-cut", 9999, "the text ends in the middle of the row")
	return d
}

func TestFindingsAreGrouped(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 40}} {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			b := newWorkbench(t, size[0], size[1], faulty(t, "many.md", 3000))
			b.keys("F")
			checkFrame(t, b.m)
			golden.RequireEqual(t, []byte(b.View()))
		})
	}
}

// all is the text of an overlay, with single spaces.
func (b *workbench) all() string {
	b.t.Helper()
	l, ok := b.m.overlay.(*findingList)
	if !ok {
		b.t.Fatalf("%T is shown, not the findings", b.m.overlay)
	}
	var words []string
	for _, line := range l.lines {
		for _, s := range line {
			words = append(words, strings.Fields(s.text)...)
		}
	}
	return strings.Join(words, " ")
}

// TestNoFindingIsDropped: what a group does not show it counts, and Enter lists.
func TestNoFindingIsDropped(t *testing.T) {
	const n = 3000
	b := newWorkbench(t, 80, 24, faulty(t, "many.md", n))
	b.keys("F")
	grouped := b.all()
	for _, want := range []string{
		"warning x 3,000: dates that cannot be read, so the IOCs have no first seen (bad-date)",
		`line 12: "someday" is no date, so "host2.example" has no first seen and more: 2,997 like these, lines 13 to 3009; Enter lists every one`,
		"info line 9004: the row 4 has more cells than the header (long-row)",
	} {
		if !strings.Contains(grouped, want) {
			t.Errorf("%q is not in\n%s", want, grouped)
		}
	}
	if at := strings.Index(grouped, "error line 9999"); at < 0 || at > strings.Index(grouped, "warning") {
		t.Errorf("the error is not first:\n%s", grouped)
	}
	b.keys("pgdown", "enter")
	every := b.all()
	for i := range n {
		if !strings.Contains(every, fmt.Sprintf(`warning line %d: "someday" is no date, so "host%d.example"`, 10+i, i)) {
			t.Fatalf("finding %d is not listed", i)
		}
	}
	if !strings.Contains(b.View(), "errors first") {
		t.Error("the list does not begin at its beginning")
	}
	if keys := b.m.overlay.footer(); keys[len(keys)-1] != (footerKey{"Enter", "group them"}) {
		t.Errorf("the keys are %v", keys)
	}
	if b.keys("enter"); b.all() != grouped {
		t.Error("Enter does not group them again")
	}
	b.keys("esc")
	if b.m.overlay != nil {
		t.Error("esc left the findings open")
	}
}

func TestFewFindingsAreNotGrouped(t *testing.T) {
	b := newWorkbench(t, 80, 24, faulty(t, "few.md", mostAlike))
	b.keys("F")
	if all := b.all(); strings.Contains(all, " x ") || strings.Contains(all, "Enter") {
		t.Errorf("grouped:\n%s", all)
	}
	b.keys("enter") // has nothing to do, so it closes like any other key
	if b.m.overlay != nil {
		t.Error("the findings are still open")
	}
}

func TestFindingsOfSeveralDocuments(t *testing.T) {
	b := newWorkbench(t, 80, 24, faulty(t, "one.md", 4), faulty(t, "two.md", 5))
	b.keys("F")
	all := b.all()
	for _, want := range []string{"warning x 9: ", `"host0.example" has no first seen (one.md)`, "and more: 6 like these, in 2 documents;", "(count-differs, two.md)"} {
		if !strings.Contains(all, want) {
			t.Errorf("%q is not in\n%s", want, all)
		}
	}
}

func TestWhereabouts(t *testing.T) {
	at := func(lines ...int) (fs []feed.Finding) {
		for _, n := range lines {
			fs = append(fs, feed.Finding{Source: feed.Source{Name: "one.md", Line: n}})
		}
		return fs
	}
	one := newWorkbench(t, 80, 24).m.text(78)
	two := newWorkbench(t, 80, 24, faulty(t, "one.md", 1), faulty(t, "two.md", 1)).m.text(78)
	for _, tt := range []struct {
		t    *text
		fs   []feed.Finding
		want string
	}{
		{one, at(0, 0), ""}, {one, at(7), ", line 7"}, {one, at(7, 7), ", line 7"}, {one, at(9, 0, 8), ", lines 8 to 9"},
		{two, at(8, 9), ", lines 8 to 9 of one.md"}, {two, at(0), ""},
	} {
		if got := tt.t.whereabouts(tt.fs); got != tt.want {
			t.Errorf("%v: %q, want %q", tt.fs, got, tt.want)
		}
	}
}

// TestMeanings reads the codes of findings out of the source of every package
// that makes some: each has its words, and no words are left over.
func TestMeanings(t *testing.T) {
	words, err := readMeanings(findingsYAML)
	if err != nil {
		t.Fatal(err)
	}
	used, literals := map[string]bool{}, map[string]bool{}
	for _, root := range []string{"feed", "kql", "exclusions", "review"} {
		err := filepath.WalkDir(filepath.Join("..", root), func(path string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.Contains(path, "kqltest") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
			if err == nil {
				findCodes(file, used, literals)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(used) < 20 {
		t.Errorf("only %d codes were found in the source", len(used))
	}
	for code := range used {
		if words[code] == "" {
			t.Errorf("findings.yaml has no words for %s", code)
		}
	}
	for code := range words {
		if !literals[code] {
			t.Errorf("findings.yaml has words for %s, which is no code", code)
		}
	}
	if got := meaning("quite-new"); got != "quite new" {
		t.Errorf("a code without words reads %q", got)
	}
}

var codeForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)+$`)

// findCodes notes what has the form of a code, and of that what is surely one:
// it is a finding's Code, or a severity stands behind it.
func findCodes(file *ast.File, used, literals map[string]bool) {
	code := func(e ast.Expr) string {
		l, ok := e.(*ast.BasicLit)
		if !ok {
			return ""
		}
		s, err := strconv.Unquote(l.Value)
		if err != nil || !codeForm.MatchString(s) {
			return ""
		}
		return s
	}
	severities := map[string]bool{"Error": true, "Warning": true, "Info": true}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BasicLit:
			literals[code(n)] = true
		case *ast.KeyValueExpr:
			if key, ok := n.Key.(*ast.Ident); ok && key.Name == "Code" && code(n.Value) != "" {
				used[code(n.Value)] = true
			}
		case *ast.CallExpr:
			for i, arg := range n.Args {
				if s, ok := arg.(*ast.SelectorExpr); ok && i > 0 && severities[s.Sel.Name] && code(n.Args[i-1]) != "" {
					used[code(n.Args[i-1])] = true
				}
			}
			if f, ok := n.Fun.(*ast.SelectorExpr); ok && (f.Sel.Name == "fault" || f.Sel.Name == "faultAt") && len(n.Args) > 1 && code(n.Args[1]) != "" {
				used[code(n.Args[1])] = true
			}
		}
		return true
	})
}
