package feed

import "strconv"

// Thousands writes a number for people: 12345 is "12,345".
func Thousands(n int) string {
	s := strconv.Itoa(n)
	first := 0
	if n < 0 {
		first = 1
	}
	for i := len(s) - 3; i > first; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Pick is the word for one thing or for several: is or are, this or these.
func Pick(n int, one, several string) string {
	if n == 1 {
		return one
	}
	return several
}

// Counted writes how many there are of a thing: 1 IOC, 2 IOCs, 12,345 IOCs. The word is
// one that an s makes many.
func Counted(n int, one string) string {
	return Thousands(n) + " " + Pick(n, one, one+"s")
}
