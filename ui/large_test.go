package ui

import (
	"bufio"
	"fmt"
	"io"
	"iter"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"quarry/feed"
	"quarry/kql"
	"quarry/review"
)

// rowReader reads a format of tests as a stream: a domain a line, a mention where
// a question mark stands before it, and an error where a ! does.
type rowReader struct{}

func (rowReader) Name() string              { return "rows" }
func (rowReader) Sure([]byte) feed.Sureness { return 1 }

func (rowReader) Read(in *feed.Input, out feed.Sink) error {
	out.Document(&feed.Bulletin{Source: feed.Source{Name: in.Name, Line: 1}, Total: feed.NoTotal})
	lines := bufio.NewScanner(in)
	for no := 1; lines.Scan(); no++ {
		text := lines.Text()
		if rest, broken := strings.CutPrefix(text, "!"); broken {
			return &feed.InputError{Name: in.Name, Line: no, Reason: rest, Advice: "mend it"}
		}
		value, mention := strings.CutPrefix(text, "?")
		i := feed.IOC{Type: feed.Domain, Value: value, Confidence: no % 101, Mention: mention, Sources: []feed.Source{{Name: in.Name, Line: no}}}
		if mention {
			i.Context = "prose"
		}
		if err := out.IOC(i); err != nil {
			return err
		}
	}
	return lines.Err()
}

// domains is a text of n domains.
func domains(prefix string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%s-%d.example\n", prefix, i)
	}
	return b.String()
}

// loadingWorkbench is a model that reads a text. No command of it is run, so that
// a test takes each piece when it wants.
func loadingWorkbench(t testing.TB, text io.Reader, size int) *Model {
	t.Helper()
	catalogue, err := kql.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	var inputs iter.Seq2[*feed.Input, error] = func(yield func(*feed.Input, error) bool) {
		yield(feed.NewInput("big.txt", text))
	}
	registry := feed.NewRegistry(rowReader{})
	l, err := review.Load(inputs, registry, catalogue)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Stop)
	opt := options(t)
	opt.Loading, opt.Size, opt.Registry = l, int64(size), registry
	m := New(l.Review(), opt)
	m.Update(tea.WindowSizeMsg{Width: 120, Height: 40})
	return m
}

// piece takes the next piece, and reports whether there was one.
func (m *Model) piece() bool {
	if m.load == nil {
		return false
	}
	m.update(m.nextPiece()())
	return m.load != nil
}

// settle goes on with all that takes more than a moment.
func settle(t testing.TB, m *Model, cmd tea.Cmd) {
	t.Helper()
	follow(t, cmd, func(msg tea.Msg) tea.Cmd {
		_, next := m.Update(msg)
		return next
	})
	if m.iocs.looking != nil || m.writing != nil {
		t.Fatal("work is left that nobody goes on with")
	}
}

// follow runs a command, gives its message to a function, and goes on with the
// command that this returns.
func follow(t testing.TB, cmd tea.Cmd, take func(tea.Msg) tea.Cmd) {
	t.Helper()
	queue := []tea.Cmd{cmd}
	for steps := 0; len(queue) > 0; steps++ {
		if steps > 100_000 {
			t.Fatal("the model does not come to rest")
		}
		cmd, queue = queue[0], queue[1:]
		if cmd == nil {
			continue
		}
		switch msg := cmd().(type) {
		case nil:
		case tea.BatchMsg:
			queue = append(queue, msg...)
		default:
			queue = append(queue, take(msg))
		}
	}
}

// key presses a key and waits for what follows.
func key(t testing.TB, m *Model, names ...string) {
	t.Helper()
	for _, name := range names {
		settle(t, m, pressed(m, name))
	}
}

// pressed presses a key and returns what is left to do.
func pressed(m *Model, name string) tea.Cmd {
	codes := map[string]rune{"down": tea.KeyDown, "enter": tea.KeyEnter, "esc": tea.KeyEscape, "end": tea.KeyEnd, "home": tea.KeyHome, "pgdown": tea.KeyPgDown, "backspace": tea.KeyBackspace}
	k := tea.KeyPressMsg{Code: codes[name]}
	if k.Code == 0 {
		k = tea.KeyPressMsg{Code: []rune(name)[0], Text: name}
	}
	if name == "space" {
		k = tea.KeyPressMsg{Code: tea.KeySpace, Text: " "}
	}
	_, cmd := m.Update(k)
	return cmd
}

func wantStatus(t *testing.T, m *Model, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(m.status, p) {
			t.Errorf("the status is %q, want %q in it", m.status, p)
		}
	}
}

func screen(m *Model) string { return ansi.Strip(m.View().Content) }

// TestReadsWhileInUse: what is decided while a document is read holds, and the
// cursor stays on its IOC.
func TestReadsWhileInUse(t *testing.T) {
	text := domains("a", 9000) + "?only-1.example\n?only-2.example\n" + domains("b", 30_000)
	m := loadingWorkbench(t, strings.NewReader(text), len(text))
	if n := len(m.iocs.view); n != 4096 || m.load == nil {
		t.Fatalf("%d rows at first, reading %v", n, m.load != nil)
	}
	wantStatus(t, m, "reading", "x stops")
	if s := screen(m); !strings.Contains(s, "4,096 rows so far, ") || !strings.Contains(s, "% read") || !strings.Contains(s, "x stops reading") || !strings.Contains(s, "hunts are written when the documents are read") {
		t.Errorf("the screen does not say that it reads:\n%s", s)
	}
	key(t, m, "down", "down", "space", "down", "b", "end")
	item, _ := m.iocs.current()
	wantStatus(t, m, "called a-3[.]example benign")
	m.piece()
	m.piece()
	if n := len(m.iocs.view); n <= 4096 {
		t.Fatal("a piece brought no row")
	}
	if at, _ := m.iocs.current(); at != item {
		t.Errorf("the cursor went from IOC %d to %d", item, at)
	}
	settle(t, m, pressed(m, "E"))
	wantStatus(t, m, "still being read")
	if m.prompt != nil {
		t.Error("an export of a part was begun")
	}
	for m.piece() {
		if got := m.counts; got != m.review.Count(0) {
			t.Fatalf("counted %+v, there are %+v", got, m.review.Count(0))
		}
		if m.review.On(2) || m.review.Verdict(3) != review.Benign {
			t.Fatal("a decision is lost")
		}
	}
	settle(t, m, m.goOn())
	warnings := 0
	for _, f := range m.plan.Findings() {
		if f.Severity == feed.Warning {
			warnings++
		}
	}
	wantStatus(t, m, "read 39,002 rows", "nothing to remark about them, but the hunts have ", plural(warnings, "warning"), "F shows them")
	if at, _ := m.iocs.current(); at != item {
		t.Errorf("at the end the cursor is on IOC %d, not %d", at, item)
	}
	view := m.iocs.view
	for k, row := range view {
		if mention := k >= len(view)-2; m.review.IOCs().Mention(int(row)) != mention {
			t.Fatalf("row %d is IOC %d", k, row)
		}
	}
	if s := screen(m); strings.Contains(s, "so far") || strings.Contains(s, "x stops") || !strings.Contains(s, "38,999 of 39,000 IOCs on") {
		t.Errorf("the screen still says that it reads:\n%s", s)
	}
	if _, ok := m.plan.Hunt("DnsEvents"); !ok && len(m.plan.Tables()) == 0 {
		t.Error("no hunt was written")
	}
}

// TestRangeStaysWhileReading: rows that come behind the marked ones change nothing
// about them, and those that come between keep them marked.
func TestRangeStaysWhileReading(t *testing.T) {
	text := "?late.example\n" + domains("a", 20_000)
	m := loadingWorkbench(t, strings.NewReader(text), 0)
	key(t, m, "end", "V") // the mention
	m.piece()
	if at, _ := m.iocs.current(); m.review.IOCs().Value(at) != "late.example" || m.iocs.anchor != m.iocs.win.at || m.iocs.win.at != len(m.iocs.view)-1 {
		t.Errorf("IOC %d, anchor %d, cursor %d of %d", at, m.iocs.anchor, m.iocs.win.at, len(m.iocs.view))
	}
	if s := screen(m); !strings.Contains(s, "MB read") {
		t.Errorf("without a size the bytes are not shown:\n%s", s)
	}
}

func TestFilterAndSortWhileReading(t *testing.T) {
	text := domains("a", 40_000) + domains("b", 40_000)
	m := loadingWorkbench(t, strings.NewReader(text), len(text))
	key(t, m, "/", "-", "9", "9", "9", "enter", "s", "s", "s") // by value
	for m.piece() {
		settle(t, m, m.goOn())
	}
	settle(t, m, m.goOn())
	f, err := review.ParseFilter("-999")
	if err != nil {
		t.Fatal(err)
	}
	want := m.review.View(f, review.ByValue, false)
	if fmt.Sprint(want) != fmt.Sprint(m.iocs.view) || len(want) == 0 {
		t.Errorf("%d rows are shown, want %d", len(m.iocs.view), len(want))
	}
}

// TestFilterCountsWhileReading: the message says how many rows the filter shows, also
// when more are read, until something else is said.
func TestFilterCountsWhileReading(t *testing.T) {
	text := domains("a", 40_000)
	m := loadingWorkbench(t, strings.NewReader(text), len(text))
	key(t, m, "/", "9", "9", "enter")
	before := len(m.iocs.view)
	m.piece()
	m.piece()
	if len(m.iocs.view) == before {
		t.Fatal("no more rows are shown")
	}
	wantStatus(t, m, plural(len(m.iocs.view), "row")+" shown")
	m.say(plain, "something else")
	m.piece()
	wantStatus(t, m, "something else")
}

func TestStopReading(t *testing.T) {
	text := domains("a", 200_000)
	m := loadingWorkbench(t, strings.NewReader(text), len(text))
	m.piece()
	key(t, m, "x")
	for m.piece() {
	}
	settle(t, m, m.goOn())
	n := m.review.IOCs().Len()
	if n < 4096+2048 || n > 12*4096 {
		t.Errorf("%d rows were read", n)
	}
	wantStatus(t, m, "stopped; the "+plural(n, "row")+" that were read stay", "1 finding, and the hunts have ", "F shows them")
	key(t, m, "F", "end") // below what is found about the hunts
	if s := screen(m); !strings.Contains(s, "the reading was stopped here") {
		t.Errorf("no finding says so:\n%s", s)
	}
	key(t, m, "esc", "x")
	wantStatus(t, m, "nothing is being read")
}

func TestErrorWhileReading(t *testing.T) {
	m := loadingWorkbench(t, strings.NewReader(domains("a", 9000)+"!it is cut\n"), 0)
	for m.piece() {
	}
	settle(t, m, m.goOn())
	wantStatus(t, m, "big.txt:9001: it is cut; mend it", "9,000 rows were read before it and stay")
	key(t, m, "F")
	if s := screen(m); !strings.Contains(s, "nothing is read behind this place: it is cut") {
		t.Errorf("no finding says so:\n%s", s)
	}
}

// largeModel is a workbench with n IOCs, all on.
func largeModel(t testing.TB, n int) *Model {
	t.Helper()
	d := &feed.Bulletin{Source: feed.Source{Name: "large.csv", Line: 1}, Total: feed.NoTotal, Format: "rows", SHA256: "00"}
	d.IOCs = make([]feed.IOC, n)
	for k := range n {
		i := feed.IOC{Type: feed.Domain, Value: fmt.Sprintf("host-%d.example", k), Family: []string{"Lantern RAT", "Sable"}[k/1000%2], Threat: feed.BotnetCC, Confidence: k * 7919 % 101}
		switch k % 3 {
		case 1:
			i.Type, i.Value = feed.IPPort, fmt.Sprintf("%d.%d.%d.%d:443", 192+k*31%7, k>>16, k>>8&255, k&255)
		case 2:
			i.Type, i.Value = feed.URL, fmt.Sprintf("http://host-%d.example/%d/a.php", k*7919%n, k)
		}
		i.FirstSeen = time.Unix(1_700_000_000+int64(k)*7919%1_000_003, 0)
		i.Sources = []feed.Source{{Name: "large.csv", Line: 1 + k}}
		d.IOCs[k] = i
	}
	m := New(newReview(t, d), options(t))
	m.resize(120, 40)
	settle(t, m, m.goOn())
	return m
}

// TestKeysSupersedeEachOther: while many rows are looked for the old ones are
// shown, and the last key wins.
func TestKeysSupersedeEachOther(t *testing.T) {
	m := largeModel(t, 60_000)
	all := len(m.iocs.view)
	key(t, m, "/", "h", "o")
	first := pressed(m, "s")
	if m.iocs.looking == nil || !strings.Contains(screen(m), ", filtering") {
		t.Fatal("60,000 rows are looked at at once, or nothing says that they are looked at")
	}
	if len(m.iocs.view) == 0 || len(m.iocs.view) == all {
		t.Errorf("%d rows are shown", len(m.iocs.view))
	}
	old := m.iocs.looking.id
	second := pressed(m, "t")
	if m.iocs.looking.id == old {
		t.Error("the next key did not begin anew")
	}
	m.Update(lookMsg{old})
	m.Update(sortedMsg{old, []int32{1, 2, 3}})
	if m.iocs.looking == nil || len(m.iocs.view) == 3 {
		t.Error("the answer to an old key was shown")
	}
	_ = first // Bubble Tea may run it late, or never
	settle(t, m, second)
	if len(m.iocs.view) != 40_000 || m.iocs.looking != nil {
		t.Errorf("%d rows are shown, want 40,000", len(m.iocs.view))
	}
	key(t, m, "esc")
	if len(m.iocs.view) != all {
		t.Errorf("esc shows %d of %d rows", len(m.iocs.view), all)
	}
}

// TestSortKeepsTheCursor also while another sort is under way.
func TestSortKeepsTheCursor(t *testing.T) {
	m := largeModel(t, 30_000)
	key(t, m, "end")
	item, _ := m.iocs.current()
	cmd := pressed(m, "s")
	cmd = tea.Batch(cmd, pressed(m, "s"), pressed(m, "s"))
	settle(t, m, cmd)
	if at, _ := m.iocs.current(); at != item || m.iocs.made.By != review.ByValue {
		t.Errorf("the cursor is on IOC %d, not %d; sorted by %d", at, item, m.iocs.made.By)
	}
	wantStatus(t, m, "sorted by value")
	key(t, m, "V", "S")
	wantStatus(t, m, "reversed; the marked range is dropped")
}

func TestManyHuntsAreWrittenBesideTheKeys(t *testing.T) {
	m := largeModel(t, 30_000)
	before := m.preview.source
	if before == "" {
		t.Fatal("no hunt was written")
	}
	cmd := pressed(m, "space")
	if m.writing == nil || m.preview.source != "" {
		t.Fatal("30,000 IOCs are written at once, or an old query is shown")
	}
	tab := m.preview.tab
	if s := screen(m); !strings.Contains(s, "writing the hunts of 29,999 rows") {
		t.Errorf("the preview does not say that it writes:\n%s", s)
	}
	key2 := pressed(m, "y")
	wantStatus(t, m, "writing the hunts")
	cmd = tea.Batch(cmd, key2, pressed(m, "u"))
	settle(t, m, cmd)
	if m.preview.source != before || m.preview.tab != tab || m.writers != 0 {
		t.Errorf("after undo the hunt is another, or %d writers are left", m.writers)
	}
}

func TestTooManyForHunts(t *testing.T) {
	if testing.Short() {
		t.Skip("100,001 IOCs take a second or two")
	}
	m := largeModel(t, review.MaxHunted+1)
	if s := screen(m); !strings.Contains(s, "no hunt: 100001 IOCs are on") && !strings.Contains(s, "no hunt: 100,001 IOCs are on") {
		t.Errorf("the preview does not say why there is no hunt:\n%s", s)
	}
	m.setFocus(previewPane)
	key(t, m, "]", "]")
	if m.preview.tab != bulletinTab || !strings.Contains(screen(m), "too long to be shown") {
		t.Errorf("the tab %s shows\n%s", m.preview.tab, screen(m))
	}
}

// TestCursorKeyCostsTheSame: what a cursor key allocates does not grow with the
// rows.
func TestCursorKeyCostsTheSame(t *testing.T) {
	cost := func(n int) float64 {
		m := largeModel(t, n)
		down := tea.KeyPressMsg{Code: tea.KeyDown}
		return testing.AllocsPerRun(50, func() {
			m.Update(down)
			m.View()
		})
	}
	few, many := cost(500), cost(60_000)
	t.Logf("%.0f allocations with 500 rows, %.0f with 60,000", few, many)
	if many > few+20 || many > 600 {
		t.Errorf("%.0f allocations with 60,000 rows, %.0f with 500", many, few)
	}
}

// BenchmarkMillion is what keys cost with a million IOCs: ms/key until the answer
// is shown, and in ms/hold the longest of the messages that led to it, in which no
// other key is taken.
func BenchmarkMillion(b *testing.B) {
	m := largeModel(b, 1_000_000)
	for _, bm := range []struct {
		name string
		keys []string
		back []string // not measured
	}{
		{"move", []string{"down"}, nil},
		{"page", []string{"pgdown"}, nil},
		{"filter", []string{"z"}, []string{"backspace"}},
		{"filter-many", []string{"o"}, []string{"backspace"}},
		{"filter-field", []string{"enter"}, nil},
		{"sort", []string{"s"}, nil},
		{"toggle", []string{"a"}, nil},
		{"invert", []string{"i"}, nil},
		{"undo", []string{"u"}, []string{"i"}},
	} {
		b.Run(bm.name, func(b *testing.B) {
			before := func() {}
			switch bm.name {
			case "filter", "filter-many":
				key(b, m, "/")
				defer key(b, m, "esc")
			case "filter-field":
				before = func() { key(b, m, "/"); typeText(b, m, "conf>=75 type:ip"); key(b, m, "backspace", "backspace") }
				defer key(b, m, "esc")
			case "sort":
				defer func() {
					for m.iocs.sort != 0 {
						key(b, m, "s")
					}
				}()
			}
			var hold, sum time.Duration
			for b.Loop() {
				b.StopTimer()
				before()
				b.StartTimer()
				begin := time.Now()
				for _, k := range bm.keys {
					hold = max(hold, timed(b, m, k))
				}
				sum += time.Since(begin)
				b.StopTimer()
				key(b, m, bm.back...)
				b.StartTimer()
			}
			b.ReportMetric(sum.Seconds()*1000/float64(b.N*len(bm.keys)), "ms/key")
			b.ReportMetric(hold.Seconds()*1000, "ms/hold")
		})
	}
}

// BenchmarkManyHunted is a decision where 100,000 IOCs are hunted: ms/key until
// the hunts are written, by a command, and in ms/hold the longest message.
func BenchmarkManyHunted(b *testing.B) {
	m := largeModel(b, review.MaxHunted)
	var hold time.Duration
	for b.Loop() {
		hold = max(hold, timed(b, m, "space"))
	}
	b.ReportMetric(b.Elapsed().Seconds()*1000/float64(b.N), "ms/key")
	b.ReportMetric(hold.Seconds()*1000, "ms/hold")
}

func typeText(t testing.TB, m *Model, text string) {
	for _, r := range text {
		if r == ' ' {
			key(t, m, "space")
		} else {
			key(t, m, string(r))
		}
	}
}

// timed presses a key, with all that follows from it, and returns the longest that
// one message took.
func timed(t testing.TB, m *Model, name string) (longest time.Duration) {
	t.Helper()
	took := func(f func() tea.Cmd) tea.Cmd {
		begin := time.Now()
		cmd := f()
		m.View()
		longest = max(longest, time.Since(begin))
		return cmd
	}
	cmd := took(func() tea.Cmd { return pressed(m, name) })
	follow(t, cmd, func(msg tea.Msg) tea.Cmd {
		return took(func() tea.Cmd { _, cmd := m.Update(msg); return cmd })
	})
	return longest
}
