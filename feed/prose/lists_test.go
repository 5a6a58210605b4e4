package prose

import (
	"slices"
	"strings"
	"testing"
)

// TestListsOfPairs: lines of a value and what belongs to it are lines of values, the
// first as the others.
func TestListsOfPairs(t *testing.T) {
	for _, c := range []struct {
		name string
		text string
		want []string
	}{
		{"pairs", lines("evil1.example|203.0.113.4", "a.exe|"+md5Hex, "203.0.113.5|443", "evil2.example|8443"), []string{"* evil1.example", "* 203.0.113.4", "* " + md5Hex, "* 203.0.113.5", "* evil2.example", "  a.exe"}},
		{"a file first", lines("a.exe|"+md5Hex, "b.exe|"+sha1Hex), []string{"* " + md5Hex, "* " + sha1Hex, "  a.exe", "  b.exe"}},
		{"a port first", lines("203.0.113.5|443", "203.0.113.6|8443"), []string{"* 203.0.113.5", "* 203.0.113.6"}},
		{"STIX patterns", lines("[ipv4-addr:value = '203.0.113.4']", "[domain-name:value = 'evil1.example']", "[email-addr:value = 'bob@evil2.example']", "[url:value = 'http://evil3.example/x']", "[file:hashes.'SHA-256' = '"+sha256Hex+"']"),
			[]string{"* 203.0.113.4", "* evil1.example", "* bob@evil2.example", "* http://evil3.example/x", "* " + sha256Hex}},
		{"one STIX pattern", lines("[ipv4-addr:value = '203.0.113.4']", "[ipv6-addr:value = '2001:db8::1']"), []string{"* 203.0.113.4", "* 2001:db8::1"}},
	} {
		if got := decided(t, c.text); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q", c.name, got)
		}
	}
}

// TestBullets: what stands behind the sign or the number of an item stands in a list,
// whatever the sign is, and a number is one where the next stands before another line.
func TestBullets(t *testing.T) {
	items := []string{sha256Hex, "203.0.113.4", "203.0.113.5:8443", "evil1.example", "https://evil2.example/x"}
	on := make([]string, len(items))
	for n, v := range items {
		on[n] = "* " + v
	}
	slices.Sort(on)
	for _, sign := range words().Bullets {
		var text []string
		for _, v := range items {
			text = append(text, sign+v)
		}
		for _, head := range []string{"IoC", "## Indicators"} {
			got := decided(t, lines(append([]string{"# Otter", "", head, ""}, text...)...))
			if slices.Sort(got); !slices.Equal(got, on) {
				t.Errorf("%s, %q: %q", head, sign, got)
			}
		}
	}
	for _, form := range [][]string{
		{"(1) ", "(2) ", "(3) ", "(4) "}, {"[1] ", "[2] ", "[3] ", "[4] "}, {"a) ", "b) ", "c) ", "d) "}, {"(a) ", "(b) ", "(c) ", "(d) "}, {"1、", "2、", "3、", "4、"}, {"1）", "2）", "3）", "4）"}, {"（1）", "（2）", "（3）", "（4）"}, {"1．", "2．", "3．", "4．"},
		{"①", "②", "③", "④"}, {"⑴ ", "⑵ ", "⑶ ", "⑷ "}, {"❶ ", "❷ ", "❸ ", "❹ "}, {"(9) ", "(10) ", "(11) ", "(12) "},
	} {
		for _, parting := range []string{"\n", "\n\n"} {
			var text []string
			for n, mark := range form {
				text = append(text, mark+items[n])
			}
			got := decided(t, "# Otter\n\nIoC\n\n"+strings.Join(text, parting)+"\n")
			want := slices.DeleteFunc(slices.Clone(on), func(s string) bool { return s == "* "+items[4] })
			if slices.Sort(got); !slices.Equal(got, want) {
				t.Errorf("%q: %q", form[0], got)
			}
		}
	}
}

// TestNoBullets: what does not number a list is no sign of one.
func TestNoBullets(t *testing.T) {
	for _, c := range []struct {
		name string
		text string
		want []string
	}{
		{"notes", lines("## IOCs", "- a[.]example", "", "[1] https://www.example.com/report", "[2] https://www.example.org/blog"), []string{"* a.example", "  https://www.example.com/report", "  https://www.example.org/blog"}},
		{"notes in round brackets", lines("## IOCs", "- a[.]example", "", "(1) https://www.example.com/report", "(2) https://www.example.org/blog"), []string{"* a.example", "  https://www.example.com/report", "  https://www.example.org/blog"}},
		{"notes without a scheme", lines("It asks a[.]example.", "", "[1] c2.example.com/report", "[2] c2.example.org"), []string{"* a.example", "  c2.example.com/report", "  c2.example.org"}},
		{"one number", lines("## IOCs", "- a[.]example", "", "(1) c2.example.com"), []string{"* a.example", "  c2.example.com"}},
		{"numbers that do not follow", lines("## IOCs", "- a[.]example", "", "(1) c2.example.com", "(5) c2.example.org"), []string{"* a.example", "  c2.example.com", "  c2.example.org"}},
		{"letters and numbers", lines("## IOCs", "- a[.]example", "", "(a) c2.example.com", "(2) c2.example.org"), []string{"* a.example", "  c2.example.com", "  c2.example.org"}},
		{"other forms", lines("## IOCs", "- a[.]example", "", "(1) c2.example.com", "[2] c2.example.org"), []string{"* a.example", "  c2.example.com", "  c2.example.org"}},
		{"numbers in the text", lines("## IOCs", "- a[.]example", "", "It asks (1) c2.example.com", "and (2) c2.example.org."), []string{"* a.example", "  c2.example.com", "  c2.example.org"}},
		{"no space", lines("## IOCs", "- a[.]example", "", "a)c2.example.com", "b)c2.example.org"), []string{"* a.example", "  c2.example.com", "  c2.example.org"}},
		{"a year", lines("## IOCs", "- a[.]example", "", "(2024) c2.example.com", "(2025) c2.example.org"), []string{"* a.example", "  c2.example.com", "  c2.example.org"}},
	} {
		if got := decided(t, c.text); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q", c.name, got)
		}
	}
}

// TestValueNoHeading: a line that is a value heads nothing, so what the heading above
// says holds below it.
func TestValueNoHeading(t *testing.T) {
	got := decided(t, lines("IoC", "", "Sample "+md5Hex, "", "203.0.113.4 is the server", "", "The site 203.0.113.5 as well."))
	if want := []string{"* " + md5Hex, "* 203.0.113.4", "* 203.0.113.5"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}
