package table

import (
	"os"
	"strings"
	"testing"

	"quarry/feed"
)

func TestX(t *testing.T) {
	for _, n := range os.Args[len(os.Args)-1:] {
		raw, err := os.ReadFile(n)
		if err != nil {
			t.Skip(err)
		}
		in, _ := feed.NewInput(n, strings.NewReader(string(raw)))
		t.Log(Reader{}.Sure(in.Head()))
		bs, err := feed.Collect(Reader{}.Read, in)
		if err != nil {
			t.Fatal(err)
		}
		vals := map[string]bool{}
		for k, i := range bs[0].IOCs {
			if k < 40 {
				j, _ := i.MarshalJSON()
				t.Log(string(j))
			}
			vals[i.Value] = true
		}
		for k, i := range bs[0].Mentions {
			if k < 10 {
				j, _ := i.MarshalJSON()
				t.Log(string(j))
			}
		}
		for k, i := range bs[0].Findings {
			if k < 20 {
				t.Log(i)
			}
		}
		t.Log(bs[0].Title, bs[0].Text)
		t.Log(len(bs[0].IOCs), len(vals))
	}
}
