package threatfox

import (
	"bytes"
	"testing"

	"quarry/feed"
	"quarry/feed/internal/gen/rows"
)

// counter counts what it is given.
type counter struct {
	b     *feed.Bulletin
	n     int
	bytes int
}

func (c *counter) Document(b *feed.Bulletin) { c.b = b }

func (c *counter) IOC(i feed.IOC) error {
	c.n++
	c.bytes += len(i.Value)
	return nil
}

// BenchmarkThreatFoxCSV reads an export and makes its values canonical.
func BenchmarkThreatFoxCSV(b *testing.B) {
	const n = 100_000
	var text bytes.Buffer
	if err := rows.ThreatFox(&text, n); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(text.Len()))
	b.ReportAllocs()
	total := 0
	for b.Loop() {
		in, err := feed.NewInput("doc", bytes.NewReader(text.Bytes()))
		if err != nil {
			b.Fatal(err)
		}
		var c counter
		if err := (Reader{}).Read(in, &c); err != nil {
			b.Fatal(err)
		}
		if c.n+len(c.b.Findings) != n || in.SHA256() == "" {
			b.Fatalf("%d IOCs and %d findings of %d rows", c.n, len(c.b.Findings), n)
		}
		total += n
	}
	b.ReportMetric(float64(total)/b.Elapsed().Seconds(), "rows/s")
}
