package records

import (
	"math"
	"strconv"
	"strings"
)

// Scale is what the confidences of a table are parts of, as far as they were seen: of
// a hundred, of one where one is written as such a part (0.75 or 0,75) and none is more,
// or of either. The zero Scale has seen none.
type Scale struct{ parts, more bool }

// See notes a confidence. One in words says nothing.
func (s *Scale) See(c string) {
	if strings.ContainsAny(c, "0123456789") {
		_, written, ok := fraction(c)
		s.parts, s.more = s.parts || written, s.more || !ok
	}
}

// Percent is a confidence as [ParseConfidence] reads it. read is true of a part of one, which
// is made a percentage, and doubt of a 1 that may be one in a hundred or all of one.
func (s Scale) Percent(c string) (percent string, read, doubt bool) {
	n, written, ok := fraction(c)
	switch {
	case !ok || !s.parts:
	case !s.more:
		return strconv.Itoa(n), true, false
	case n == 100 && !written:
		return c, false, true
	}
	return c, false, false
}

// fraction reads a part of one, such as 0.75, 1 or 0,5, as a percentage. written is
// whether it has a point or a comma, which 0 and 1 need not have.
func fraction(s string) (percent int, written, ok bool) {
	whole, part, written := strings.Cut(strings.Replace(strings.TrimSpace(s), ",", ".", 1), ".")
	if len(whole) > 1 || strings.Trim(whole, "01") != "" || strings.Trim(part, "0123456789") != "" || written == (part == "") || whole+part == "" {
		return 0, false, false
	}
	f, err := strconv.ParseFloat(whole+"."+part+"0", 64)
	if err != nil || f > 1 {
		return 0, false, false
	}
	return int(math.Round(100 * f)), written, true
}
