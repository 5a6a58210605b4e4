package table

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestNamesOfFiles: a name that may be one of the network is one of a file beside a hash
// and below a title of files.
func TestNamesOfFiles(t *testing.T) {
	const why = ` (stands in the column "file", of which Quarry does not know what it says)`
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"a value beside a hash", "indicator,sha256\npayload.cab," + sha256Hex + "\nevil.zip,\nevil[.]app," + sha256Hex + "\n", []string{
			"2 sha256_hash " + sha256Hex, "3 domain evil.zip", "4 domain evil.app", "4 sha256_hash " + sha256Hex, "2 file_name payload.cab (a name of a file beside a hash)", "2 warning maybe-file"}},
		{"a domain beside a hash", "domain,sha256\nevil.app," + sha256Hex + "\n", []string{"2 domain evil.app", "2 sha256_hash " + sha256Hex}},
		{"below a title of files", "file,sha256\npayload.cab," + sha256Hex + "\n", []string{"2 sha256_hash " + sha256Hex, "2 file_name payload.cab" + why, "1 warning unread-column"}},
		{"an object", `{"iocs":[{"indicator":"payload.cab","sha256":"` + sha256Hex + `"}]}`, []string{"1 sha256_hash " + sha256Hex, "1 file_name payload.cab (a name of a file beside a hash)", "1 warning maybe-file"}},
		{"a key of files", `{"file":"payload.cab","sha256":"` + sha256Hex + `"}`, []string{"1 sha256_hash " + sha256Hex, "1 file_name payload.cab" + why, "1 warning unsaid-indicators", "1 warning unread-column"}},
	} {
		if diff := cmp.Diff(c.want, told(t, read(t, c.text))); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}
