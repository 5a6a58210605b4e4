package review

import (
	"errors"
	"strings"
	"testing"

	"quarry/feed"
)

// FuzzReadReviewed opens documents with the front matter of a reviewed bulletin
// and anything behind it. The review that comes of one is written and read like
// any other.
func FuzzReadReviewed(f *testing.F) {
	head, body, _ := cutFrontMatter([]byte(exported(f, small(f))))
	// Small seeds: the go command spends the time for fuzzing on making large
	// ones smaller.
	for section := range strings.SplitSeq(string(body), "\n## ") {
		f.Add("## " + section)
	}
	for _, s := range []string{
		"", "## IOC Summary\n\n| Value | Type | On |\n|---|---|---|\n| evil[.]example | domain | on |\n", "## Scenarios\n\n### x\n\n```condition\n", "## Scenarios\n\n**Where:** a:1<br>Document 1\n",
		"## Hypothesis\n\n**Document 1:** `x`\n\n**bold** y\n\nz<br>\n", "## Published queries\n\n````kql\n```\n", "## Findings\n\n| Text |\n|---|\n| <br><br> |\n", "## History\n\n### Review 2: x\n\n| No. | When | Who | Decision |\n|---|---|---|---|\n| 1 | no | a<br>b | `evil[.]example` \\| |\n", "## Tables\n\n| On | Table |\n|---|---|\n| on | Nowhere |\n| | |\n",
		"[x]: y\n\n## Hypothesis\n\n[x] &amp; <b> \\\n* * *\n    code\n> ## Scenarios",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body string) {
		in, err := feed.NewInput("reviewed.md", strings.NewReader("---\n"+string(head)+"\n---\n"+body))
		if err != nil {
			return
		}
		r, err := Open(inputs(in), feed.NewRegistry(), builtin(t))
		if err != nil {
			t.Fatal(err)
		}
		checkRoundTrip(t, r)
	})
}

// FuzzReadHead opens documents with any front matter. What cannot be read is
// refused with a line and an advice.
func FuzzReadHead(f *testing.F) {
	head, _, _ := cutFrontMatter([]byte(exported(f, small(f))))
	f.Add(string(head))
	f.Add("quarry: 1\ndocuments: [{source: \"\", line: -1, total: -5}, {source: a}, {source: a}]\ncounts: {iocs: 3}")
	f.Add("quarry: &a [*a]\ndocuments: *a")
	f.Add("quarry: 2")
	f.Add("quarry: 1\nreviewer: b\nreviewed: 2026-05-29T12:00:00Z\ndecisions: 3\nearlier: [{reviewer: evil.example, reviewed: no, decisions: -1}, {}]\ndocuments: [{source: a}]")
	f.Add("quarry: 1\n? x\n: !!binary \"%%\"")
	f.Fuzz(func(t *testing.T, head string) {
		in, err := feed.NewInput("reviewed.md", strings.NewReader("---\n"+head+"\n---\n"))
		if err != nil || !IsReviewed(in.Head()) {
			return
		}
		r, err := Open(inputs(in), feed.NewRegistry(), builtin(t))
		var bad *feed.InputError
		switch {
		case err == nil:
			checkRoundTrip(t, r)
		case !errors.As(err, &bad) || bad.Name != "reviewed.md" || bad.Line < 1 || bad.Reason == "" || bad.Advice == "":
			t.Errorf("%#v", err)
		}
	})
}

// small is a review of a document with one of each part and no hunt.
func small(t testing.TB) *Review {
	t.Helper()
	d := lantern(t)
	d.IOCs, d.Scenarios, d.Tables = d.IOCs[:1], d.Scenarios[:1], nil
	d.Findings, d.Queries = nil, []feed.Query{{Text: "DnsEvents | take 1", Source: d.Source}}
	r := start(t, d)
	for _, s := range r.Tables() {
		if s.Chosen {
			decide(t, r, ChooseTable{s.Table.Name, false})
		}
	}
	return r
}

// FuzzMarkdownRoundTrip writes and reads texts of all kinds.
func FuzzMarkdownRoundTrip(f *testing.F) {
	for i, s := range shards {
		f.Add(s, shards[len(shards)-1-i], s+" "+s)
	}
	f.Add("_2001:db8::1 IP:2001:db8::1: 2001:db8::1[.]x", "http://x/?2001:db8::1`", "x-user.zip.example... user.zip.example:443|user.zip[.]example")
	f.Add("http://evil.example/a(b)c", "lantern.example:443", "x|`lantern.example`|")
	f.Fuzz(func(t *testing.T, title, filter, note string) {
		d := lantern(t)
		d.IOCs = append(d.IOCs[:2], indicator(t, feed.IP, "2001:db8::1"), indicator(t, feed.Domain, "user.zip.example"))
		d.Title, d.Text, d.Scenarios[0].Title, d.Scenarios[1].Filter, d.Queries[0].Text, d.Tables[0].Note = title, filter, note, filter, note, title
		d.IOCs[0].Family, d.Mentions[0].Context, d.Source.Name = filter, title, note
		r := start(t, d)
		_, _ = r.Decide(SetNote{0, note}, "jk", atNoon)
		text := checkRoundTrip(t, r)
		checkMarkup(t, r, text)
		checkDefanged(t, r, text)
		checkDefanged(t, r, checkRoundTrip(t, reopen(t, written(t, r, title, atNoon, true))))
	})
}

// checkRoundTrip writes a review, reads it and writes it again.
func checkRoundTrip(t testing.TB, r *Review) string {
	t.Helper()
	text := exported(t, r)
	again := reopen(t, text)
	if diff := same(take(r), take(again)); diff != "" {
		t.Fatalf("reading what was written differs (-written +read):\n%s\nin\n%s", diff, text)
	}
	if twice := exported(t, again); twice != text {
		t.Fatalf("writing it again differs:\n%s", firstDifference(text, twice))
	}
	return text
}
