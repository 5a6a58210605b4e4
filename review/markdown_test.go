package review

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"

	"quarry/feed"
)

var update = flag.Bool("update", false, "write the golden files of this package anew")

// golden compares text with a file of testdata.
func golden(t *testing.T, name, text string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v; write it with: go test ./review -run %s -update", err, t.Name())
	}
	if text != string(want) {
		t.Errorf("%s differs; if it should, run go test ./review -run %s -update\n%s", file, t.Name(), firstDifference(string(want), text))
	}
}

// reviewed is a review of [lantern] with a decision of each kind.
func reviewed(t testing.TB) *Review {
	t.Helper()
	r := start(t, lantern(t))
	decide(t, r,
		SetVerdict{[]int{0, 1}, Malicious}, SetVerdict{[]int{4}, Benign}, SetNote{4, "our own | installer, see files.example.org"},
		Include{[]int{4}, false}, Include{[]int{8}, true}, SetVerdict{[]int{8}, Unsure},
		ChooseTable{"DeviceFileEvents", true}, ChooseTable{"DnsEvents", false}, SetLookback{36 * hour}, Attach{Scenario: 0, On: true},
	)
	return r
}

func TestWriteMarkdown(t *testing.T) {
	r := reviewed(t)
	text := exported(t, r)
	golden(t, "reviewed.golden.md", own(text))
	bindHunts(t, r)
	if !IsReviewed([]byte(text)) {
		t.Error("the reviewed bulletin is not known as one")
	}
	again := reopen(t, text)
	if diff := same(take(r), take(again)); diff != "" {
		t.Errorf("reading it back differs (-written +read):\n%s", diff)
	}
	if n := len(again.History()); n != 0 {
		t.Errorf("a review that was opened has %d decisions in its history", n)
	}
}

// own is what this package writes of a reviewed bulletin: of each hunt the first
// line, and no reason or finding of those who judge.
func own(text string) string {
	for _, words := range [][2]string{
		{`(?m)^// \w+ in \w+, .*\n(?s:.*?)^` + "```", "...\n```"},
		{`[\d,]+ characters`, "N characters"},
		{`(?m)^(- (?:error|warning|info): ).*`, "$1..."},
		{`(?m)^(\| \w+ \| [a-z ]+ \| (?:yes|no) \|) .*`, "$1 ... |"},
		{`(?m)^(\| (?:error|warning|info) \| [a-z-]+ \| \S+ \|) .*`, "$1 ... |"},
	} {
		text = regexp.MustCompile(words[0]).ReplaceAllString(text, words[1])
	}
	return text
}

// gfm is a renderer that makes a link of all that GitHub makes one of, and
// passes on HTML.
var gfm = goldmark.New(goldmark.WithExtensions(extension.GFM, extension.Footnote), goldmark.WithRendererOptions(html.WithUnsafe()))

func render(t testing.TB, text string) string {
	t.Helper()
	_, body, ok := cutFrontMatter([]byte(text))
	if !ok {
		t.Fatal("there is no front matter")
	}
	var b bytes.Buffer
	if err := gfm.Convert(body, &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

var tagPattern = regexp.MustCompile(`<[^>]*>`)

// tags counts the tags of HTML in which text has no < of its own.
func tags(page string) map[string]int {
	count := map[string]int{}
	for _, tag := range tagPattern.FindAllString(page, -1) {
		count[tag]++
	}
	return count
}

// ownTags are the tags that a reviewed bulletin may have, and how many of those
// that a reader takes for structure.
func ownTags(r *Review) map[string]int {
	hunts, findings := huntsOf(r, false)
	own := map[string]int{
		"<h1>": 1, "<h2>": 5, "<h3>": len(hunts) + len(r.Scenarios()), "<li>": len(r.Documents()) + len(findings),
		"<tr>": 2,
	}
	c := r.counts()
	own["<tr>"] += c.IOCs + c.Mentions
	for _, t := range r.Tables() {
		if t.Chosen || t.Published {
			own["<tr>"]++
		}
	}
	if len(findings) > 0 {
		own["<h3>"]++
	}
	for _, part := range []struct{ rows int }{{c.Mentions}, {c.Required}, {c.Published}, {len(r.Scenarios())}, {len(r.Findings())}} {
		if part.rows > 0 {
			own["<h2>"]++
		}
	}
	for _, rows := range []int{c.Mentions, 0, c.Required, len(r.Findings())} {
		if rows > 0 {
			own["<tr>"]++ // the header
		}
	}
	own["<tr>"] += c.Required + len(r.Findings())
	own["<li>"] += c.Off + r.Held().Sum()
	for _, s := range r.Tables() {
		if s.Published && !s.Chosen || s.Chosen && !s.Available {
			own["<li>"]++
		}
	}
	for _, s := range r.Scenarios() {
		if rows := chosenAtTarget(r); s.Condition != nil && rows > 0 {
			own["<tr>"] += 1 + rows
		}
	}
	return own
}

func chosenAtTarget(r *Review) int {
	n := 0
	for _, s := range r.Tables() {
		if s.Chosen && s.Available {
			n++
		}
	}
	return n
}

// checkMarkup fails the test where something of the documents became markup.
func checkMarkup(t testing.TB, r *Review, text string) {
	t.Helper()
	allowed := []string{
		"<h1>", "<h2>", "<h3>", "<p>", "<ul>", "<li>", "<table>", "<thead>", "<tbody>", "<tr>", "<th>", "<td>", "<pre>", "<code>", "<strong>", "<br>",
		`<code class="language-kql">`, `<code class="language-condition">`,
	}
	page := render(t, text)
	found := tags(page)
	for tag := range found {
		if open := strings.Replace(tag, "</", "<", 1); !slices.Contains(allowed, open) {
			t.Errorf("the documents made a tag %s in\n%s", tag, near(page, tag))
		}
	}
	for tag, n := range ownTags(r) {
		if found[tag] != n {
			t.Errorf("there are %d %s, of which %d are the writer's", found[tag], tag, n)
		}
	}
	for _, label := range regexp.MustCompile(`(?s)<strong>(.*?)</strong>`).FindAllStringSubmatch(page, -1) {
		if !regexp.MustCompile(`^(Description|Filter/Exclusion|Attached|Accepted dangers|Note|Where|Document \d+):$`).MatchString(label[1]) {
			t.Errorf("the documents made %s strong", label[0])
		}
	}
}

func near(text, part string) string {
	at := strings.Index(text, part)
	return text[max(0, at-200):min(len(text), at+200)]
}

// withoutCode is a reviewed bulletin without its queries and conditions.
func withoutCode(text string) string {
	var b strings.Builder
	fence := ""
	for line := range strings.Lines(text) {
		ticks := line[:len(line)-len(strings.TrimLeft(line, "`"))]
		switch {
		case fence == "" && len(ticks) >= 3:
			fence = ticks
		case fence != "" && strings.TrimSpace(line) == fence:
			fence = ""
		case fence == "":
			b.WriteString(line)
		}
	}
	return b.String()
}

// checkDefanged fails the test where the value of an IOC, or the host in it,
// could be clicked or resolved by accident.
func checkDefanged(t testing.TB, r *Review, text string) {
	t.Helper()
	text = strings.ToLower(shown(withoutCode(text)))
	for at := range r.IOCs().Len() {
		i := r.IOCs().At(at)
		if feed.Defang(i.Type, i.Value) == i.Value {
			continue
		}
		for _, value := range []string{strings.ToLower(i.Value), i.Host()} {
			if found := standing(text, value); found >= 0 {
				t.Errorf("%s stands as it is in\n%s", value, text[max(0, found-100):min(len(text), found+len(value)+100)])
			}
		}
	}
}

// shown is what a reader sees of inline Markdown: no escapes, no marks of code
// spans.
func shown(text string) string {
	var b strings.Builder
	code := false
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '`':
			code = !code
			continue
		case text[i] == '\\' && i+1 < len(text) && !code:
			i++
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

// standing is where a value stands in a text, or -1: not as a part of a longer
// word, nor a name or IPv4 address as the first labels of a longer name. An
// empty one stands nowhere.
func standing(text, value string) int {
	if value == "" {
		return -1
	}
	for from := 0; ; {
		n := strings.Index(text[from:], value)
		if n < 0 {
			return -1
		}
		at := from + n
		rest := text[at+len(value):]
		longer := at > 0 && alphanumeric(text[at-1]) || startsWord(rest)
		for _, dot := range []string{".", "[.]"} {
			label, ok := strings.CutPrefix(rest, dot)
			longer = longer || ok && startsWord(label) && !strings.Contains(value, ":")
		}
		if !longer {
			return at
		}
		from = at + 1
	}
}

func startsWord(s string) bool { return s != "" && alphanumeric(s[0]) }

func TestNothingOfDocumentsBecomesMarkup(t *testing.T) {
	for seed := range uint64(rounds(t, 150)) {
		r := newMaker(t, seed).review()
		text := exported(t, r)
		checkMarkup(t, r, text)
		checkDefanged(t, r, text)
		if t.Failed() {
			t.Fatal(fmt.Sprint("seed ", seed))
		}
	}
}

func TestHostsInLongerRunsAreDefanged(t *testing.T) {
	known := newHosts(feed.NewSet([]*feed.Bulletin{{IOCs: []feed.IOC{
		indicator(t, feed.Domain, "user.zip.example"), indicator(t, feed.IP, "2001:db8::1"), indicator(t, feed.IP, "192.0.2.1"),
		indicator(t, feed.CIDR, "2001:db8:3::/48"), indicator(t, feed.Email, "a@b.internal"),
	}}}))
	for _, tt := range []struct{ text, prose, plain string }{
		{"_2001:db8::1_", "\\_`2001[:]db8::1`\\_", "_2001[:]db8::1_"},
		{"IP:2001:db8::1: no", "IP:`2001[:]db8::1`: no", "IP:2001[:]db8::1: no"},
		{"IP:192.0.2.1.", "IP:`192[.]0[.]2[.]1`.", "IP:192[.]0[.]2[.]1."},
		{"at 2001:db8:3::.", "at `2001:db8[:]3::`.", "at 2001:db8[:]3::."},
		{"user.zip.example...", "`user[.]zip[.]example`...", "user[.]zip[.]example..."},
		{"-USER.zip.example_x", "-`USER[.]zip[.]example`\\_x", "-USER[.]zip[.]example_x"},
		{"xuser.zip.example() and user.zip.example.exe()", "xuser.zip.example() and user.zip.example.exe()", "xuser.zip.example() and user.zip.example.exe()"},
		{"http://b.internal/`2001:db8::1", "`hxxp://b[.]internal/`\\``2001[:]db8::1`", "hxxp://b[.]internal/`2001[:]db8::1"},
		{"evil[.]example", "evil[.]example", "evil[.]example"},
		{"hxxp://evil[.]sub.example/x", "hxxp://evil[.]sub`[.]`example/x", "hxxp://evil[.]sub[.]example/x"},
	} {
		if got := known.prose(tt.text, false); got != tt.prose {
			t.Errorf("%q is written\n%s\nwant\n%s", tt.text, got, tt.prose)
		}
		if got := known.plain(tt.text); got != tt.plain {
			t.Errorf("%q is told\n%s\nwant\n%s", tt.text, got, tt.plain)
		}
	}
}

// TestMarkdownIsToBeRead: what is hunted and by whom stands at the top, and a table
// that nobody wants takes no row; without any it is read back that none is on.
func TestMarkdownIsToBeRead(t *testing.T) {
	r := start(t, lantern(t))
	decide(t, r, Include{[]int{1}, false}, SetVerdict{[]int{0}, Malicious})
	text := checkRoundTrip(t, r)
	_, body, _ := strings.Cut(text, "# Reviewed: ")
	top, _, _ := strings.Cut(body, "## ")
	for _, want := range []string{"Hunted: 7 of 8 IOCs in ", "looking back 7d", "1 switched off", "Judged: 1 malicious.", "Attached: 0 of 2 false-positive scenarios.", "Reviewed by jk"} {
		if !strings.Contains(top, want) {
			t.Errorf("%q is not in %q", want, top)
		}
	}
	if strings.Contains(text, "| off | Device") || !strings.Contains(text, " other tables left out: ") {
		t.Error("a table that nobody wants has a row, or is not named")
	}
	none := small(t)
	if again := reopen(t, checkRoundTrip(t, none)); len(take(again).Chosen) > 0 {
		t.Errorf("chosen are %v", take(again).Chosen)
	}
}
