package kql

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quarry/feed"
)

// TestURLWithoutScheme: a URL without a scheme has the keys of that URL with
// http, with https and without either.
func TestURLWithoutScheme(t *testing.T) {
	keys := func(v string) []string {
		all, _ := urlKeys(ioc(t, feed.URL, v), urlBodyRegex)
		slices.Sort(all)
		return all
	}
	for _, path := range []string{"/a/b.php", "/a?x=1&y=2"} {
		want := append(keys("http://code.example"+path), keys("https://code.example"+path)...)
		slices.Sort(want)
		if diff := cmp.Diff(slices.Compact(want), keys("code.example"+path)); diff != "" {
			t.Error(diff)
		}
	}
	want := append(keys("http://[2001:db8::1]/a"), keys("https://[2001:db8::1]/a")...)
	slices.Sort(want)
	if diff := cmp.Diff(slices.Compact(want), keys("[2001:db8::1]/a")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(keys("http://code.example:8080/a"), keys("code.example:8080/a")); diff != "" {
		t.Error(diff)
	}
}
