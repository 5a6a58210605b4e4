package feed

import (
	"strconv"
	"strings"
	"time"
)

// FormatSeen writes a time a feed states, in UTC: the date alone when it has no
// time of day, "" for the zero time. [ParseSeen] reads it back.
func FormatSeen(t time.Time) string {
	switch {
	case t.IsZero():
		return ""
	case t.Equal(t.Truncate(24 * time.Hour)):
		return t.UTC().Format(time.DateOnly)
	default:
		return t.UTC().Format(time.RFC3339Nano)
	}
}

// ParseSeen reads a time in one of the forms that feeds use: a date, RFC 3339,
// or ThreatFox's "2006-01-02 15:04:05" with or without " UTC", without seconds
// or with parts of them, with a T between or with slashes in the date; English dates
// that name the month ("1 Oct 2026", "October 1, 2026"), and those of RFC 1123 in GMT or
// with a number for the zone. Times without a zone are UTC. "" is the zero time. Dates that begin with the day or
// the month are refused, for nobody can tell which it is.
func ParseSeen(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	if t, ok := plainSeen(s); ok {
		return t, nil
	}
	return parseSeen(s)
}

func parseSeen(s string) (time.Time, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return time.Time{}, nil
	}
	for _, layout := range seenLayouts {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, &ValueError{Value: s, Reason: "not a date; write it as 2006-01-02"}
}

// seenLayouts are the forms of times; parts of seconds are read in each.
var seenLayouts = []string{
	time.DateOnly, time.RFC3339, "2006-01-02 15:04:05 UTC", time.DateTime, "2006-01-02T15:04:05", "2006-01-02 15:04", "2006-01-02T15:04", "2006-01-02 15:04 UTC",
	"2006-01-02 15:04:05Z07:00", "2006/01/02", "2006/01/02 15:04:05", "2006/01/02 15:04",
	"2006-01-02T15:04:05Z0700", "2006-01-02 15:04:05Z0700", "2006-01-02 15:04:05 -0700",
	"2 Jan 2006", "2 January 2006", "Jan 2, 2006", "January 2, 2006", "Jan 2 2006", "January 2 2006", "2-Jan-2006", "2 Jan 2006 15:04", "2 Jan 2006 15:04:05", "Jan 2, 2006 15:04", "Jan 2, 2006 15:04:05",
	"Mon, 2 Jan 2006 15:04:05 GMT", "Mon, 2 Jan 2006 15:04:05 -0700",
}

// ParseSeenNumber is [ParseSeen] for what is known to be a time: it also reads
// a date without signs (20060102), and the seconds or milliseconds since 1970 of a
// moment from 1990 on, of ten and of thirteen digits.
func ParseSeenNumber(s string) (time.Time, error) {
	t, err := ParseSeen(s)
	if err == nil {
		return t, nil
	}
	digits := strings.TrimSpace(s)
	n, notNumber := strconv.ParseInt(digits, 10, 64)
	if notNumber != nil || n < 0 || digits[0] == '+' {
		return t, err
	}
	switch len(digits) {
	case len("20060102"):
		if day, bad := time.Parse("20060102", digits); bad == nil && day.Year() >= firstYear {
			return day, nil
		}
		return t, err
	case len("1136214245"):
		t = time.Unix(n, 0).UTC()
	case len("1136214245000"):
		t = time.UnixMilli(n).UTC()
	}
	if t.Year() < firstYear {
		return time.Time{}, err
	}
	return t, nil
}

// firstYear is before all sightings; smaller numbers are something else.
const firstYear = 1990

// plainSeen reads the forms that feeds write row after row; false says nothing.
// It is there for speed alone: [parseSeen] reads them alike.
func plainSeen(s string) (t time.Time, ok bool) {
	const date, clock = len(time.DateOnly), len(time.DateTime)
	switch {
	case len(s) == date:
	case len(s) == clock && s[date] == ' ':
	case len(s) == clock+1 && s[date] == 'T' && s[clock] == 'Z':
	case len(s) == clock+4 && s[date] == ' ' && s[clock:] == " UTC":
	default:
		return t, false
	}
	if s[4] != '-' || s[7] != '-' {
		return t, false
	}
	year, month, day := 100*two(s)+two(s[2:]), two(s[5:]), two(s[8:])
	if year < 0 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month) {
		return t, false
	}
	var hour, minute, second int
	if len(s) > date {
		hour, minute, second = two(s[11:]), two(s[14:]), two(s[17:])
		if s[13] != ':' || s[16] != ':' || uint(hour) > 23 || uint(minute) > 59 || uint(second) > 59 {
			return t, false
		}
	}
	return time.Unix(int64(daysSince1970(year, month, day))*86400+int64(hour*3600+minute*60+second), 0).UTC(), true
}

// daysSince1970 counts by years that begin in March and by the 146,097 days that
// 400 of them have. It takes a tenth of what [time.Date] does, which sees to
// zones and to days outside their month.
func daysSince1970(year, month, day int) int {
	const from = 719_468 + 146_097 // days from the first of March 400 years before year 0
	if month -= 3; month < 0 {
		month += 12
		year--
	}
	year += 400
	return year*365 + year/4 - year/100 + year/400 + (153*month+2)/5 + day - 1 - from
}

// two is the number of the first two digits of s, far below 0 where they are
// none.
func two(s string) int {
	a, b := s[0]-'0', s[1]-'0'
	if a > 9 || b > 9 {
		return -1_000_000
	}
	return 10*int(a) + int(b)
}

func daysIn(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}
