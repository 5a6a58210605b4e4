package review

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quarry/feed"
	"quarry/kql"
)

// TestMinConfidenceIsSaidEverywhere: what the minimum leaves out is in no hunt,
// stays switched on, and every shape that the review is saved in says so.
func TestMinConfidenceIsSaidEverywhere(t *testing.T) {
	r := start(t, lantern(t))
	decide(t, r, Include{[]int{8}, true}, SetMinConfidence{80}, SetVerdict{[]int{0}, Benign}, ChooseTable{"DeviceFileEvents", true})
	if diff := cmp.Diff([]Tally{{8, 1}, {5, 1}, {3, 0}}, []Tally{r.Listed(), r.Hunted(), r.Held()}); diff != "" {
		t.Error(diff)
	}
	const said = "the minimum confidence of 80% leaves out 3 IOCs: lantern[.]example (75%), 192[.]0[.]2[.]10:8443 (50%), 0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c (25%)"
	hunts, findings := huntsOf(r, false)
	for _, h := range hunts {
		for _, gone := range []string{"lantern.example", "192.0.2.10:8443", strings.Repeat("0c", 16)} {
			if strings.Contains(h.Query, gone) {
				t.Errorf("%s looks for %s", h.Table, gone)
			}
		}
		if !strings.Contains(h.Query, "Lantern RAT; 3 IOCs below 80% confidence left out\n") {
			t.Errorf("%s does not say what is left out:\n%s", h.Table, h.Query)
		}
	}
	count := 0
	for _, f := range findings {
		if f.Code == "below-confidence" && f.Text == said && f.Severity == feed.Info {
			count++
		}
		if f.Code == "benign-on" {
			t.Errorf("what is not hunted is warned about: %v", f)
		}
	}
	if count != 1 {
		t.Errorf("%d findings say what is left out: %v", count, findings)
	}
	for _, f := range Formats {
		files, findings, err := f.Files(r, signature)
		if err != nil {
			t.Fatal(f.Name, err)
		}
		last := feed.Finding{}
		if n := len(findings); n > 0 {
			last = findings[n-1]
		}
		if last.Text != said {
			t.Errorf("%s: the last finding is %v", f.Name, last)
		}
		switch f.Name {
		case "markdown", "csv", "json": // they hold every IOC
			continue
		}
		for _, file := range files {
			if strings.Contains(file.Text, "lantern.example\"") || strings.Contains(file.Text, "192.0.2.10:8443") {
				t.Errorf("%s has what is left out:\n%s", f.Name, file.Text)
			}
		}
	}
	text := exported(t, r)
	for _, want := range []string{
		"\nmin_confidence: 80\n", `"on": 5, "off": 0, below: 3, malicious`, "| on, below 80% | domain | lantern[.]example |",
		"\n- IOC lantern[.]example: its confidence of 75% is below the minimum of 80%, verdict benign\n", "- info: " + said,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the export has no %q:\n%s", want, text)
		}
	}
	if again := reopen(t, text); again.MinConfidence() != 80 || again.Held() != r.Held() || !again.On(0) {
		t.Errorf("opened again the minimum is %d and holds back %s", again.MinConfidence(), again.Held())
	}
	var csv, json strings.Builder
	if err := r.WriteCSV(&csv, signature); err != nil || !strings.Contains(csv.String(), "\n\"on, below 80%\",domain,lantern.example,") {
		t.Errorf("%v:\n%s", err, &csv)
	}
	if err := r.WriteJSON(&json, signature); err != nil || !strings.Contains(json.String(), `"min_confidence": 80,`) ||
		!strings.Contains(json.String(), `"on": false,
      "left_out": "confidence below 80",`) {
		t.Errorf("%v:\n%s", err, &json)
	}
}

// TestMinConfidenceAndUndo: a switch under the minimum is a decision like any
// other, and the minimum gives back what it held.
func TestMinConfidenceAndUndo(t *testing.T) {
	r := start(t, lantern(t))
	before := r.Included()
	decide(t, r, SetMinConfidence{80}, Include{[]int{0}, false}, Include{[]int{0}, true})
	if !r.HeldBack(0) {
		t.Error("it is hunted although its confidence is below the minimum")
	}
	for range 3 {
		r.Undo()
	}
	if diff := cmp.Diff(before, r.Included()); diff != "" {
		t.Error(diff)
	}
	r.Redo()
	if got := r.Hunted(); got != (Tally{5, 0}) {
		t.Errorf("%s are hunted", got)
	}
}

func TestNothingIsAboveTheMinimum(t *testing.T) {
	d := lantern(t)
	d.IOCs = d.IOCs[:3]
	d.IOCs[1].Confidence = 60
	r := start(t, d)
	decide(t, r, SetMinConfidence{100})
	left := r.LeftOut()
	if len(left) != 1 || left[0].Severity != feed.Warning || !strings.HasSuffix(left[0].Text, "; nothing is left to hunt") {
		t.Error(left)
	}
	if tables := r.Plan(false).Tables(); len(tables) > 0 {
		t.Errorf("there are hunts in %v", tables)
	}
	decide(t, r, SetMinConfidence{60})
	if left := r.LeftOut(); len(left) != 1 || left[0].Source != d.IOCs[2].Sources[0] || left[0].Severity != feed.Info {
		t.Errorf("of one IOC it does not say where it stands: %v", left)
	}
	decide(t, r, SetMinConfidence{}, SetMatch{kql.ExactMatch})
	if left := r.LeftOut(); left != nil {
		t.Error(left)
	}
}

func TestFilterOfWhatIsHeldBack(t *testing.T) {
	r := start(t, lantern(t))
	decide(t, r, SetMinConfidence{80})
	f, err := ParseFilter("on:no mention:no")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int32{0, 2, 6}, r.View(f, ByDocument, false)); diff != "" {
		t.Error(diff)
	}
}

func TestParseMinConfidence(t *testing.T) {
	for s, want := range map[string]int{"": 0, " ": 0, "0": 0, "80": 80, "80%": 80, " 100 ": 100, "007": 7} {
		if got, err := ParseMinConfidence(s); err != nil || got != want {
			t.Errorf("ParseMinConfidence(%q) = %d, %v", s, got, err)
		}
	}
	for _, s := range []string{"101", "-1", "high", "%", "80 %", "1e2", "300", "8.5"} {
		if got, err := ParseMinConfidence(s); err == nil || !strings.Contains(err.Error(), "use a number from 0 to 100") {
			t.Errorf("ParseMinConfidence(%q) = %d, %v", s, got, err)
		}
	}
}
