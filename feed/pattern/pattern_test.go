package pattern

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quarry/feed"
)

func and(nodes ...Node) Node { return Node{And: true, Nodes: nodes} }
func or(nodes ...Node) Node  { return Node{Nodes: nodes} }

func value(t feed.Type, v, object string) Node {
	return Node{Term: &Term{Kind: Value, Type: t, Value: v, Object: object}}
}

func end(v, side string) Node {
	return Node{Term: &Term{Kind: Value, Type: feed.IP, Value: v, Object: "traffic", Side: side}}
}

func port(v, side string) Node {
	return Node{Term: &Term{Kind: Port, Value: v, Object: "traffic", Side: side}}
}

func other(object string) Node { return Node{Term: &Term{Kind: Other, Object: object}} }

func neutral() Node { return Node{Term: &Term{Kind: Neutral, Object: "traffic"}} }

func TestResults(t *testing.T) {
	md5, sha1 := value(feed.MD5, "m", "file"), value(feed.SHA1, "s", "file")
	name := value(feed.FileName, "a.exe", "file")
	for _, c := range []struct {
		what string
		node Node
		want []string
	}{
		{"one", value(feed.Domain, "d", "domain"), []string{"d"}},
		{"a list", or(value(feed.Domain, "d", "domain"), or(md5), value(feed.URL, "u", "url")), []string{"d", "m", "u"}},
		{"and of one", and(and(md5)), []string{"m"}},
		{"nothing", and(), nil},
		{"nothing in a list", and(md5, or()), nil},
		{"two things at once", and(value(feed.Domain, "d", "domain"), value(feed.IP, "i", "address")), []string{"d part-of-condition", "i part-of-condition"}},
		{"a thing and what no value says", and(value(feed.Domain, "d", "domain"), other("domain")), []string{"d part-of-condition"}},
		{"hashes of a file", and(md5, sha1), []string{"m", "s"}},
		{"hash and name", and(name, md5), []string{"a.exe beside-hash", "m"}},
		{"hash and size", and(md5, other("file")), []string{"m narrower"}},
		{"hash and process", and(md5, other("process")), []string{"m part-of-condition"}},
		{"hashes of two files", and(md5, value(feed.SHA1, "s", "other file")), []string{"m part-of-condition", "s part-of-condition"}},
		{"two hashes of a kind", and(md5, value(feed.MD5, "n", "file")), []string{"m part-of-condition", "n part-of-condition"}},
		{"name and size", and(name, other("file")), []string{"a.exe part-of-condition"}},
		{"address and port", and(neutral(), end("i", "dst"), port("443", "dst")), []string{"i:443"}},
		{"address and one of two ports", and(end("i", "dst"), or(port("80", "dst"), port("443", "dst"))), []string{"i:80", "i:443"}},
		{"one of two addresses, and a port", and(or(end("i", "dst"), end("j", "dst")), port("443", "dst")), []string{"i:443", "j:443"}},
		{"address and two ports at once", and(end("i", "dst"), port("80", "dst"), port("443", "dst")), []string{"i part-of-condition"}},
		{"address and the other port", and(end("i", "src"), port("443", "dst")), []string{"i narrower port-lost"}},
		{"address, port and protocol", and(end("i", "dst"), port("443", "dst"), other("traffic")), []string{"i:443 narrower"}},
		{"both ends", and(end("i", "dst"), end("j", "src")), []string{"i part-of-condition", "j part-of-condition"}},
		{"address of an address", and(neutral(), end("i", "dst")), []string{"i"}},
		{"alone and with others", or(and(md5, other("process")), value(feed.URL, "u", "url"), md5), []string{"m", "u"}},
		{"alternatives of all", and(or(md5, name), or(value(feed.URL, "u", "url"), value(feed.URL, "w", "url"))),
			[]string{"m part-of-condition", "a.exe part-of-condition", "u part-of-condition", "w part-of-condition"}},
	} {
		var got []string
		for _, r := range Results(c.node) {
			s := r.Value
			if r.Port != "" {
				s += ":" + r.Port
			}
			s += strings.TrimSuffix(" "+string(r.Why), " ")
			if r.Narrower {
				s += " narrower"
			}
			if r.PortLost {
				s += " port-lost"
			}
			got = append(got, s)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", c.what, diff)
		}
	}
}

// TestManyWays: more ways than are looked at make mentions, and long lists do
// not count as ways.
func TestManyWays(t *testing.T) {
	many := func(n int) Node {
		var all []Node
		for i := range n {
			all = append(all, value(feed.IP, fmt.Sprint(i), "address"))
		}
		return or(all...)
	}
	if r := Results(many(200_000)); len(r) != 200_000 || r[0].Why != "" {
		t.Error(len(r), r[0])
	}
	for _, n := range []Node{and(many(1000), many(1000)), and(many(50_000), value(feed.IP, "x", "address"), other("y"), other("z")), or(and(many(99), many(99), many(99), many(99), many(99)), many(3))} {
		for _, r := range Results(n) {
			if r.Why != TooMany {
				t.Fatal(r)
			}
		}
	}
}
