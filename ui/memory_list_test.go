package ui

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"quarry/review/store"
)

// TestSearchTheMemory: what was judged in any review is found by words as they are
// typed, Enter goes to an IOC that is here, and nothing is decided by it.
func TestSearchTheMemory(t *testing.T) {
	folder := t.TempDir()
	open := func(sum string) (*live, *Model) {
		opt := options(t)
		opt.Reviewer = "jk"
		opt.Journal = store.NewJournal(store.Options{Folder: folder, Who: "jk", Title: "Lantern RAT " + sum, Sources: func() []store.Source {
			return []store.Source{{Name: sum + ".md", SHA256: sum}}
		}})
		t.Cleanup(func() { opt.Journal.Close() })
		m := New(newReview(t, sampleDocument(t)), opt)
		l := newLive(t, m)
		l.until("restored", func() bool { return m.keeping.begun })
		return l, m
	}
	l, m := open("5e")
	l.press("R")
	l.shows("nothing is remembered yet")
	l.press("esc", "b", "down", "down", "m")
	l.shows("malicious")
	l.until("saved", func() bool { return !m.keeping.held })
	m.opt.Journal.Close()

	l, m = open("6f")
	l.press("R")
	l.shows("jk")
	l.shows("lantern[.]example")
	list := m.overlay.(*memoryList)
	if len(list.found) != 2 || list.found[0].Verdict != "malicious" {
		t.Fatalf("found %+v", list.found)
	}
	checkFrame(t, m)
	for _, k := range strings.Split("benign", "") {
		l.press(k)
	}
	l.until("searched", func() bool { return !list.searching && list.asked == "benign" })
	if len(list.found) != 1 || list.found[0].Verdict != "benign" {
		t.Errorf("found %+v", list.found)
	}
	for range "benign" {
		l.press("backspace")
	}
	for _, k := range strings.Split("192.0.2.10", "") {
		l.press(k)
	}
	l.until("searched", func() bool { return !list.searching && list.asked == "192.0.2.10" })
	l.shows("Enter goes there")
	before := len(m.review.History())
	l.press("enter")
	at, _ := m.iocs.current()
	if v := m.review.IOCs().Value(at); m.overlay != nil || !strings.HasPrefix(v, "192.0.2.10") || len(m.review.History()) != before {
		t.Errorf("at %s with %d decisions", v, len(m.review.History()))
	}
	for _, size := range [][2]int{{60, 16}, {200, 50}} {
		m.resize(size[0], size[1])
		l.press("R")
		l.shows("lantern[.]example")
		checkFrame(t, m)
		l.press("esc")
	}
}

// TestSearchOfTheMemoryEnds: a search ends when the list is closed, and when another
// text takes its place.
func TestSearchOfTheMemoryEnds(t *testing.T) {
	opt := options(t)
	opt.Journal = store.NewJournal(store.Options{Folder: t.TempDir(), Who: "jk"})
	t.Cleanup(func() { opt.Journal.Close() })
	m := New(newReview(t, sampleDocument(t)), opt)
	ended := func(why string, cmd tea.Cmd) {
		t.Helper()
		if msg := cmd().(searchedMsg); !errors.Is(msg.err, context.Canceled) {
			t.Errorf("%s: %v", why, msg.err)
		}
	}
	first := m.showMemory()
	list := m.overlay.(*memoryList)
	second := list.search(m)
	ended("another text", first)
	list.press(m, tea.KeyPressMsg{Code: tea.KeyEscape})
	if m.overlay != nil {
		t.Fatal("the list is open")
	}
	ended("closed", second)
	if msg := m.showMemory()().(searchedMsg); msg.err != nil {
		t.Errorf("opened again: %v", msg.err)
	}
}

// TestMemoryHasNoJournal: without a database the reason is told.
func TestMemoryHasNoJournal(t *testing.T) {
	b := newWorkbench(t, 80, 24)
	b.Press("R")
	b.wantStatus("nothing is saved here, so nothing is remembered")
}

// BenchmarkMemoryList draws the list.
func BenchmarkMemoryList(b *testing.B) {
	m := New(newReview(b, sampleDocument(b)), options(b))
	o := &memoryList{searchList: newSearchList()}
	for i := range mostSearched {
		o.found = append(o.found, store.Memory{Type: "domain", Value: fmt.Sprintf("host-%d.lantern.example", i)})
	}
	m.cover(o)
	m.resize(120, 40)
	for b.Loop() {
		_ = m.View()
	}
}

// TestEnterWaitsForTheSearch: Enter is about what is found for the words as they stand,
// not about the rows of the words before.
func TestEnterWaitsForTheSearch(t *testing.T) {
	opt := options(t)
	opt.Journal = store.NewJournal(store.Options{Folder: t.TempDir(), Who: "jk"})
	t.Cleanup(func() { opt.Journal.Close() })
	m := New(newReview(t, sampleDocument(t)), opt)
	m.resize(80, 24)
	m.keeping.begun = true
	of := func(at int) []store.Memory {
		c := m.review.IOCs()
		return []store.Memory{{Type: c.Type(at), Value: c.Value(at)}}
	}
	m.showMemory()
	o := m.overlay.(*memoryList)
	m.searched(searchedMsg{o, "", of(1), 1, nil})
	pressed(m, "x")
	checkFrame(t, m)
	if got := screen(m); !strings.Contains(got, "Remembered, looking it up") {
		t.Errorf("the list does not say that it is of other words:\n%s", got)
	}
	pressed(m, "enter")
	if m.overlay != o {
		t.Fatal("Enter went to a row of the words before")
	}
	m.searched(searchedMsg{o, "x", of(3), 1, nil})
	if at, _ := m.iocs.current(); m.overlay != nil || at != 3 {
		t.Errorf("Enter went to %d", at)
	}
}
