package scan

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// proseText is text as reports are written: sentences, and in them or in lists
// below an indicator in so many words.
func proseText(size, every int) string {
	r := rand.New(rand.NewPCG(1, 2))
	words := strings.Fields("the loader then contacts its server over HTTPS and receives a configuration, which it stores encrypted in the registry. " +
		"Researchers observed the group during several campaigns against government and energy companies since 2021; the operators (or an affiliate) use scheduled tasks e.g. schtasks.exe to run update.ps1 at logon. " +
		"Persistence is achieved with a service named WinUpdate and the DLL is side-loaded by a signed binary: C:\\ProgramData\\Vendor\\tool.exe version 10.0.19041.1 as described in Table 2. Well-known tools such as Cobalt Strike, Mimikatz and PsExec were also found, and/or a custom proxy [1]. ")
	hash := func(n int) string {
		b := make([]byte, n)
		for i := range b {
			b[i] = "0123456789abcdef"[r.IntN(16)]
		}
		return string(b)
	}
	values := []func() string{
		func() string { return fmt.Sprintf("198[.]51[.]100[.]%d", r.IntN(256)) },
		func() string { return fmt.Sprintf("203.0.113.%d:%d", r.IntN(256), 1+r.IntN(65535)) },
		func() string { return fmt.Sprintf("c2-%d[.]example[.]net", r.IntN(1e6)) },
		func() string {
			return fmt.Sprintf("hxxps://cdn%d.example[.]com/a/%s?id=%d", r.IntN(1e4), hash(8), r.IntN(1e5))
		},
		func() string {
			return fmt.Sprintf("https://www.example.org/blog/%d/report-on-%s/", 2020+r.IntN(6), hash(6))
		},
		func() string { return "SHA256: " + hash(64) },
		func() string { return hash(40) },
		func() string { return hash(32) },
		func() string { return fmt.Sprintf("user%d@mail.example", r.IntN(100)) },
	}
	var b strings.Builder
	for b.Len() < size {
		switch n := r.IntN(2 * every); {
		case n == 0:
			b.WriteString(values[r.IntN(len(values))]() + " ")
		case n == 1:
			b.WriteString("\n* " + values[r.IntN(len(values))]() + "\n")
		default:
			b.WriteString(words[r.IntN(len(words))])
			b.WriteByte(" \n"[r.IntN(12)/11])
		}
	}
	return b.String()
}

// BenchmarkProse measures text with a share of indicators as reports have, and
// with that of their appendices.
func BenchmarkProse(b *testing.B) {
	for _, every := range []int{80, 20} {
		b.Run(fmt.Sprintf("one in %d words", every), func(b *testing.B) {
			text := proseText(4<<20, every)
			hits := 0
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				hits = len(Find(text))
			}
			b.ReportMetric(float64(hits)/float64(len(text)>>10), "hits/KiB")
		})
	}
}
