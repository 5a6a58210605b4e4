package saved

import (
	"errors"
	"regexp"
	"strings"
	"testing"
)

func TestDataFiles(t *testing.T) {
	if _, err := builtinThreats(); err != nil {
		t.Error(err)
	}
	if es, err := builtinEntities(); err != nil || len(es) == 0 {
		t.Error(err)
	}
}

func TestFaultsOfDataFiles(t *testing.T) {
	threats := func(text string) error { _, err := readThreats([]byte(text)); return err }
	entities := func(text string) error { _, err := readEntities([]byte(text)); return err }
	const head = "tactics: [Execution]\nseverities: [Low]\nthreats:\n  - {threat: \"\", severity: Low}\n"
	if err := threats(head); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		read func(string) error
		text string
		want string
	}{
		{threats, "", "EOF"},
		{threats, "odd: 1", "field odd"},
		{threats, "threats: []", "is missing"},
		{threats, head + "  - {threat: odd, severity: Low}", "unknown or there twice"},
		{threats, head + "  - {threat: \"\", severity: Low}", "unknown or there twice"},
		{threats, head + "  - {threat: payload, severity: High}", "no severity"},
		{threats, head + "  - {threat: payload, severity: Low, attack: [{tactic: Impact}]}", "among the tactics"},
		{threats, head + "  - {threat: payload, severity: Low, attack: [{tactic: Execution, techniques: [T1]}]}", "no technique"},
		{entities, "- {odd: 1}", "field odd"},
		{entities, "- {from: ioc.ip, entity: IP}", "an entry needs"},
		{entities, "- {from: ioc.ip, column: A, entity: IP, identifier: Address}", "an entry needs"},
		{entities, "- {from: ioc.odd, entity: IP, identifier: Address}", "no kind of column"},
	} {
		e := new(DataError)
		if err := c.read(c.text); !errors.As(err, &e) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, want %q", c.text, err, c.want)
		}
	}
}

func TestErrorsSayWhatToDo(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{&NothingError{Shape: "a watchlist"}, "there is nothing to save as a watchlist; include an IOC that it can hold"},
		{&NothingError{Shape: "rules", Hunts: true}, "include an IOC or choose a table"},
		{&TargetError{"DnsEvents"}, "switch the target to sentinel"},
		{&TooLongError{[]LongQuery{{"A", 10_001}, {"B", 20_000}}, 10_000}, "A has 10,001, B has 20,000: split the hunt"},
	} {
		if !strings.Contains(c.err.Error(), c.want) {
			t.Errorf("%v, want %q", c.err, c.want)
		}
	}
}

func TestNewID(t *testing.T) {
	version5 := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	ids := map[string]bool{}
	for _, parts := range [][]string{{}, {""}, {"a"}, {"a", ""}, {"", "a"}, {"a", "b"}, {"ab"}, {"a b"}} {
		id := newID(parts...)
		if !version5.MatchString(id) || ids[id] || id != newID(parts...) {
			t.Errorf("%q: %s", parts, id)
		}
		ids[id] = true
	}
	// As any implementation of version 5 makes it of the name "a\x00".
	if got := newID("a"); got != "29cbb211-41af-56a0-a3a1-cf96ae973247" {
		t.Error(got)
	}
}

func TestCut(t *testing.T) {
	for _, c := range []struct {
		text  string
		limit int
		want  string
	}{
		{"abc", 3, "abc"}, {"abcd", 3, "ab…"}, {"a bcd", 3, "a…"}, {"😀😀", 4, "😀😀"}, {"😀😀", 3, "😀…"}, {"", 0, ""},
	} {
		if got := cut(c.text, c.limit); got != c.want || units(got) > c.limit {
			t.Errorf("cut(%q, %d) = %q", c.text, c.limit, got)
		}
	}
}
