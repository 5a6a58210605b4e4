package prose

import (
	"fmt"
	"strings"
	"testing"

	"quarry/feed"
)

// report is a report in Markdown with about one IOC in 80 words.
func report(size int) string {
	var b strings.Builder
	for n := 0; b.Len() < size; n++ {
		fmt.Fprintf(&b, "\n## Campaign %d\n\n", n)
		for range 4 {
			b.WriteString("Researchers observed the group during several campaigns against government and energy companies; the operators\n" +
				"(or an affiliate) use scheduled tasks, e.g. schtasks.exe, to run update.ps1 at logon. Persistence is achieved with\n" +
				"a service named WinUpdate, and the library is side-loaded by a signed binary as described in the table below.\n\n")
		}
		fmt.Fprintf(&b, "The loader contacts cdn%d[.]example[.]net, as told in [our report](https://blog.example.org/%d).\n\n", n, n)
		fmt.Fprintf(&b, "### Indicators\n\n- 198.51.%d.%d:443\n- %032x%032x\n", n>>8&255, n&255, n+0xa, n)
	}
	return b.String()
}

func BenchmarkRead(b *testing.B) {
	text := report(4 << 20)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		in, err := feed.NewInput("x", strings.NewReader(text))
		if err != nil {
			b.Fatal(err)
		}
		if err := (Reader{}).Read(in, nothing{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSure(b *testing.B) {
	head := []byte(report(feed.HeadSize))[:feed.HeadSize]
	b.SetBytes(int64(len(head)))
	for b.Loop() {
		Reader{}.Sure(head)
	}
}
