package review

import (
	"context"
	"errors"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// spoken is a memory of one review: a verdict and a note with their moments, which
// are below 0 where they were taken back; since is of what was taken back.
func spoken(verdict Verdict, judged int64, note string, noted, since int64) Remembered {
	said := func(moment int64, value string) Said {
		switch {
		case moment == 0:
			return Said{}
		case value == "":
			return Said{At: on(int(moment)), Moment: moment, Since: since}
		}
		return Said{At: on(int(moment)), Moment: moment}
	}
	m := Remembered{Verdict: verdict, Note: note, Who: "jk", Document: "Daily", Judged: said(judged, string(verdict)), Noted: said(noted, note)}
	return m.Whole()
}

// TestOfOneVoice: of one voice a verdict and a note replace each other separately,
// and taking back says nothing of what was said in another review before.
func TestOfOneVoice(t *testing.T) {
	malicious := spoken(Malicious, 5, "", 0, 0)
	both := spoken(Malicious, 5, "sandbox", 6, 0)
	for _, tt := range []struct {
		name   string
		others []Remembered
		want   string
		moment int64
	}{
		{"a note alone", []Remembered{malicious, spoken("", 0, "seen", 9, 0)}, "malicious, 5 May, jk: seen", 9},
		{"a slip", []Remembered{malicious, spoken("", 9, "", 0, 8)}, "malicious, 5 May, jk", 9},
		{"a slip with a note", []Remembered{both, spoken("", 9, "", 0, 8)}, "malicious, 5 May, jk: sandbox", 9},
		{"the same verdict without the note", []Remembered{both, spoken(Malicious, 9, "", 0, 0)}, "malicious, 9 May, jk: sandbox", 9},
		{"another verdict", []Remembered{both, spoken(Benign, 9, "", 0, 0)}, "benign, 9 May, jk: sandbox", 9},
		{"taken back where it was said", []Remembered{malicious, spoken("", 9, "", 0, 5)}, "", 9},
		{"the note taken back where it was said", []Remembered{both, spoken("", 0, "", 9, 6)}, "malicious, 5 May, jk", 9},
		{"all taken back by a line that tells no more", []Remembered{both, {Who: "jk", Document: "Daily", Moment: 9}}, "", 9},
		{"forgotten", []Remembered{both, {Who: "jk", Document: "Daily", Forgotten: 6, Moment: 6}}, "", 6},
		{"forgotten up to the verdict", []Remembered{both, {Who: "jk", Document: "Daily", Forgotten: 5, Moment: 5}}, "6 May, jk: sandbox", 6},
		{"forgotten, and judged since", []Remembered{both, {Who: "jk", Document: "Daily", Forgotten: 6, Moment: 6}, spoken(Benign, 7, "", 0, 0)}, "benign, 7 May, jk", 7},
		{"forgotten, and a slip since", []Remembered{both, {Who: "jk", Document: "Daily", Forgotten: 6, Moment: 6}, spoken("", 9, "", 0, 8)}, "", 9},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := memories(t, 1, tt.others, []Found{{0, 0}, {0, 1}, {0, uint32(len(tt.others) - 1)}})
			got := ""
			if len(m.At(0)) > 0 {
				got = m.At(0)[0].Words(on(20))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" || len(m.At(0)) > 1 {
				t.Errorf("%d memories: %s", len(m.At(0)), diff)
			}
			if got != "" && m.At(0)[0].Moment != tt.moment {
				t.Errorf("the moment is %d, want %d", m.At(0)[0].Moment, tt.moment)
			}
		})
	}
}

// TestManyVoicesOfOneIOC: the work grows as the voices do, and can be ended.
func TestManyVoicesOfOneIOC(t *testing.T) {
	const n = 100_000
	records, found := make([]Remembered, n), make([]Found, n)
	for i := range records {
		records[i] = Remembered{Verdict: Malicious, Who: "jk" + strconv.Itoa(i), Document: strconv.Itoa(i / 2), Moment: int64(n - i)}
		found[i] = Found{0, uint32(i)}
	}
	m := memories(t, 1, records, found)
	if got := len(m.At(0)); got != n || m.Differ(0) {
		t.Errorf("%d voices, differ %v", got, m.Differ(0))
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := NewMemories(ctx, 1, records, found); !errors.Is(err, context.Canceled) {
		t.Errorf("it was not ended: %v", err)
	}
}
