package scan

import "strings"

// trimmed takes punctuation and marks of emphasis off both ends of a piece. An
// underscore before a name is part of it ("_dmarc.example.com"), unless another one
// behind closes the emphasis.
func (s *scanner) trimmed(start, end int) (from, to int) {
	for range 3 { // marks within marks
		was := end - start
		if start, end = s.trimmedOnce(start, end); end-start == was {
			break
		}
	}
	return start, end
}

func (s *scanner) trimmedOnce(start, end int) (from, to int) {
	for end > start && trailing[s.text[end-1]] && !strings.HasSuffix(s.text[start:end], "::") {
		end--
	}
	for end-start > 4 && strings.HasPrefix(s.text[start:], "~~") {
		start += 2
	}
	for start < end && s.text[start] == '*' {
		start++
	}
	pairs := 0
	for start+pairs < end && s.text[start+pairs] == '_' {
		pairs++
	}
	closed := end
	for closed > start+pairs && s.text[closed-1] == '_' {
		closed--
	}
	if pairs > 0 && closed == end && s.closesLater(end, pairs) {
		return start + pairs, end
	}
	return start + min(pairs, end-closed), closed
}

// farEmphasis is how far from its beginning emphasis ends at most, in bytes.
const farEmphasis = 200

// closesLater reports whether so many underscores behind a place end emphasis that
// does not begin behind it, too: they do between a letter or a sign and none.
func (s *scanner) closesLater(at, n int) bool {
	rest := s.text[at:min(len(s.text), at+farEmphasis)]
	mark := "__"[:min(n, 2)]
	open := 0
	for from := 0; ; {
		k := strings.Index(rest[from:], mark)
		if k < 0 {
			return false
		}
		k += from
		from = k + len(mark)
		before, behind := k > 0 && isAlnum(rest[k-1]), from < len(rest) && isAlnum(rest[from])
		switch {
		case behind && !before, k > 0 && class[rest[k-1]] == space && from < len(rest) && class[rest[from]] != space:
			open++
		case behind || k == 0 || class[rest[k-1]] == space:
		case open == 0:
			return true
		default:
			open--
		}
	}
}
