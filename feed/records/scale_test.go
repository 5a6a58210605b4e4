package records

import "testing"

func TestFraction(t *testing.T) {
	for s, want := range map[string]struct {
		percent   int
		plain, ok bool
	}{
		"0.5": {50, true, true}, "0,75": {75, true, true}, ".3": {30, true, true}, "1.0": {100, true, true}, "1": {100, false, true}, "0": {0, false, true}, " 0.999 ": {100, true, true},
		"": {}, ".": {}, "1.": {}, "1.5": {}, "2": {}, "0.5%": {}, "75": {}, "-0.5": {}, "0.5.1": {}, "1e0": {}, "01": {},
	} {
		if n, plain, ok := fraction(s); n != want.percent || plain != want.plain || ok != want.ok {
			t.Errorf("%q: %d %t %t", s, n, plain, ok)
		}
	}
}

func TestScale(t *testing.T) {
	for _, c := range []struct {
		seen        []string
		in, want    string
		read, doubt bool
	}{
		{nil, "1", "1", false, false},
		{[]string{"1", "0", "high"}, "1", "1", false, false},
		{[]string{"1", "0.5", "high", ""}, "1", "100", true, false},
		{[]string{"0.5"}, "0,25", "25", true, false},
		{[]string{"0.5"}, "80", "80", false, false},
		{[]string{"0.5", "80"}, "1", "1", false, true},
		{[]string{"0.5", "80"}, "0.5", "0.5", false, false},
	} {
		var s Scale
		for _, one := range c.seen {
			s.See(one)
		}
		if got, read, doubt := s.Percent(c.in); got != c.want || read != c.read || doubt != c.doubt {
			t.Errorf("%q, %q: %q %t %t", c.seen, c.in, got, read, doubt)
		}
	}
}
