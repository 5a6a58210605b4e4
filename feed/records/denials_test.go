package records

import "testing"

func TestDenials(t *testing.T) {
	if _, err := readDenials(denialsYAML); err != nil {
		t.Fatal(err)
	}
	if phrases, alone := Denials(); len(phrases) == 0 || len(alone) == 0 {
		t.Errorf("%q %q", phrases, alone)
	}
}
