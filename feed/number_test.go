package feed

import "testing"

func TestThousands(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 12345: "12,345", 1234567: "1,234,567", -100: "-100", -1000: "-1,000"} {
		if got := Thousands(n); got != want {
			t.Errorf("%d is %q, want %q", n, got, want)
		}
	}
}

func TestCounted(t *testing.T) {
	for n, want := range map[int]string{0: "0 IOCs", 1: "1 IOC", 2: "2 IOCs", 1191: "1,191 IOCs"} {
		if got := Counted(n, "IOC"); got != want {
			t.Errorf("%d is %q, want %q", n, got, want)
		}
	}
}

func TestPick(t *testing.T) {
	for n, want := range map[int]string{0: "are", 1: "is", 2: "are"} {
		if got := Pick(n, "is", "are"); got != want {
			t.Errorf("%d: %s", n, got)
		}
	}
}
