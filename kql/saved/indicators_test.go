package saved_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"quarry/feed"
	"quarry/kql/saved"
)

var indicatorHeader = []string{
	"indicatorType", "indicatorValue", "expirationTime", "action", "severity", "title", "description",
	"recommendedActions", "rbacGroups", "category", "mitretechniques", "GenerateAlert",
}

func TestIndicatorsGolden(t *testing.T) {
	files, findings, err := saved.Indicators(sample(), saved.IndicatorOptions{About: about, At: written})
	if err != nil {
		t.Fatal(err)
	}
	golden(t, files)
	want := []string{"not-external", "no-cidr", "no-md5", "no-long-hash", "no-indicator-type", "port-left-out", "same-indicator", "indicators-expire"}
	if diff := cmp.Diff(want, codes(findings)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if n := count(t, findings, "same-indicator"); n != 1 || count(t, findings, "port-left-out") != 3 {
		t.Errorf("%v", findings)
	}
}

// Each IOC is in one row, shares one, or is counted in a finding.
func TestIndicatorsHoldEveryIOC(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	for n := range 10 {
		iocs := randomIOCs(r, 1_500)
		action := saved.Actions[n%len(saved.Actions)]
		files, findings, err := saved.Indicators(iocs, saved.IndicatorOptions{About: saved.About{Title: pick(r, hostile), Reviewer: pick(r, hostile)}, Action: action, At: written})
		if err != nil {
			t.Fatal(err)
		}
		rows := records(t, files, indicatorHeader)
		if got := len(rows) + count(t, findings) + count(t, findings, "same-indicator"); got != len(iocs) {
			t.Fatalf("%d IOCs, %d are accounted for", len(iocs), got)
		}
		for i, f := range files {
			if k := len(records(t, []saved.File{f}, indicatorHeader)); k > 500 || i < len(files)-1 && k != 500 {
				t.Errorf("%s has %d rows", f.Name, k)
			}
		}
		values := map[string]bool{}
		for _, row := range rows {
			if err := checkIndicator(row, action); err != nil {
				t.Errorf("%q: %v", row, err)
			}
			if values[row[0]+row[1]] {
				t.Errorf("%s is there twice", row[1])
			}
			values[row[0]+row[1]] = true
		}
	}
}

func checkIndicator(row []string, action saved.Action) error {
	types := map[string]feed.Type{"FileSha1": feed.SHA1, "FileSha256": feed.SHA256, "IpAddress": feed.IP, "DomainName": feed.Domain, "Url": feed.URL}
	ty, ok := types[row[0]]
	if v, err := feed.Canonical(ty, row[1]); !ok || err != nil || v != row[1] {
		return fmt.Errorf("%s is no %s", row[1], row[0])
	}
	if a, err := netip.ParseAddr(row[1]); ty == feed.IP && (err != nil || a.IsPrivate() || !a.IsGlobalUnicast()) {
		return fmt.Errorf("%s is no public address", row[1])
	}
	if action == saved.BlockAndRemediate && !ty.IsHash() {
		action = saved.Block
	}
	alert := map[bool]string{true: "FALSE", false: "TRUE"}[action == saved.Allowed]
	switch {
	case row[2] != "2026-08-30T09:30:00.0Z":
		return fmt.Errorf("it expires %s", row[2])
	case row[3] != string(action) || row[11] != alert:
		return fmt.Errorf("action %s, alert %s", row[3], row[11])
	case !slices.Contains(severities, row[4]):
		return fmt.Errorf("severity %s", row[4])
	case row[5] == "" || row[6] == "" || utf16Len(row[5]) > 256:
		return fmt.Errorf("title %q, description %q", row[5], row[6])
	case !slices.Contains([]string{"", "CommandAndControl", "InitialAccess", "Malware", "Collection"}, row[9]):
		return fmt.Errorf("category %s", row[9])
	}
	for k, cell := range row {
		formula := k != 1 && cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r")
		if formula || hiddenRunes.MatchString(cell) {
			return fmt.Errorf("cell %q", cell)
		}
	}
	return nil
}

func TestIndicatorOptions(t *testing.T) {
	iocs := []feed.IOC{ioc(feed.Domain, "a.example", feed.BotnetCC, 100), ioc(feed.SHA1, strings.Repeat("a", 40), feed.Payload, 100)}
	files, findings, err := saved.Indicators(iocs, saved.IndicatorOptions{
		About: about, Action: saved.BlockAndRemediate, At: written.In(time.FixedZone("", 7200)), Expiry: 36 * time.Hour,
	})
	if err != nil {
		t.Fatal(err)
	}
	rows := records(t, files, indicatorHeader)
	if rows[0][3] != "Block" || rows[1][3] != "BlockAndRemediate" || rows[0][2] != "2026-06-02T21:30:00.0Z" || !slices.Equal(codes(findings), []string{"block-only", "indicators-expire"}) {
		t.Errorf("%q, %v", rows, findings)
	}
	nothing := new(saved.NothingError)
	if _, _, err := saved.Indicators(nil, saved.IndicatorOptions{At: written}); !errors.As(err, &nothing) {
		t.Errorf("%v", err)
	}
	if _, _, err := saved.Indicators(iocs, saved.IndicatorOptions{}); err == nil {
		t.Error("a time was made up")
	}
	if _, _, err := saved.Indicators(iocs, saved.IndicatorOptions{At: written, Action: "Alert"}); err == nil {
		t.Error("an unknown action is taken")
	}
	if said := findings[len(findings)-1].Text; !strings.Contains(said, "2026-06-02") || !strings.Contains(said, "BlockAndRemediate") {
		t.Errorf("it says %q", said)
	}
	for _, a := range saved.Actions {
		if got, err := saved.ParseAction(strings.ToLower(string(a))); err != nil || got != a {
			t.Errorf("%s: %v", a, err)
		}
	}
	if _, err := saved.ParseAction("alert"); err == nil || !strings.Contains(err.Error(), "use Audit, Warn") {
		t.Errorf("%v", err)
	}
}

func TestIndicatorsOverTheTenantsLimit(t *testing.T) {
	var iocs []feed.IOC
	for n := range 15_001 {
		iocs = append(iocs, ioc(feed.Domain, fmt.Sprintf("h%d.example.com", n), feed.BotnetCC, 100))
	}
	files, findings, err := saved.Indicators(iocs, saved.IndicatorOptions{About: about, At: written})
	if err != nil || len(files) != 31 || !slices.Equal(codes(findings), []string{"over-indicators", "indicators-expire"}) {
		t.Errorf("%d files, %v, %v", len(files), findings, err)
	}
}
