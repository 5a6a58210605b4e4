package exclusions

import (
	"strings"

	"quarry/feed"
	"quarry/kql"
)

func remoteFor(v value) kql.Field {
	switch v.kind {
	case hostValue:
		return "remote.host"
	case urlValue:
		return "remote.url"
	case ipValue, rangeValue:
		return "remote.ip"
	}
	return ""
}

// remoteTest compares a name or URL on the other side. A URL without a path
// means its host.
func remoteTest(f kql.Field, op kql.Operator, v value) kql.Test {
	wildOp, text, ok := wild(op, v.text)
	if !ok {
		return kql.Test{}
	}
	switch v.kind {
	case ipValue, rangeValue:
		return addressTest("remote.ip", kql.Is, v)
	case urlValue:
		host := feed.IOC{Type: feed.URL, Value: text}.Host()
		_, rest, _ := strings.Cut(text, "://")
		if at := strings.IndexAny(rest, "/?#"); host != "" && (at < 0 || rest[at:] == "/") && wildOp != kql.Matches {
			if isAddr(host) {
				return addressTest("remote.ip", kql.Is, value{text: host, kind: ipValue})
			}
			return kql.Test{Field: "remote.host", Op: kql.Is, Values: []string{host}}
		}
		if wildOp == kql.Is || wildOp == kql.Contains {
			wildOp = kql.StartsWith
		}
		return kql.Test{Field: "remote.url", Op: wildOp, Values: []string{text}}
	case hostValue:
		if op == kql.Is {
			f = "remote.host"
		}
	case fileValue: // cuckoo.example.sh is a name too
		if f == "remote.host" && !isHost(text) {
			return kql.Test{}
		}
	case pathValue, wordValue, nameValue, numberValue, wildValue:
		if op == kql.Is && !(v.quoted && f == "remote.url") {
			return kql.Test{}
		}
	default:
		return kql.Test{}
	}
	return kql.Test{Field: f, Op: wildOp, Values: []string{text}}
}

func addressTest(f kql.Field, op kql.Operator, v value) kql.Test {
	p, ok := prefixOf(v.text)
	switch {
	case ok && p.IsSingleIP() && v.kind == ipValue:
		return kql.Test{Field: f, Op: kql.Is, Values: []string{p.Addr().String()}}
	case ok:
		return kql.Test{Field: f, Op: kql.InRange, Values: []string{p.String()}}
	case op == kql.StartsWith && v.text != "" && strings.Trim(v.text, "0123456789.:abcdef") == "":
		return kql.Test{Field: f, Op: op, Values: []string{v.text}}
	}
	return kql.Test{}
}
