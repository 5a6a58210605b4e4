package openioc

import (
	"net/netip"
	"strings"

	"quarry/feed"
	"quarry/feed/pattern"
	"quarry/feed/records"
)

// meaning is what the value of a search term is.
type meaning struct {
	t    feed.Type
	side string // of a connection, of whose object it is a part
	port bool
}

// terms are the search terms whose values are IOCs, in lower case: those of
// Mandiant's IOC editor, and the events of its endpoint agent, whose documents
// are OpenIOC 1.1. The address of the own side, the host that was looked at,
// recipients of mail and paths are none.
var terms = map[string]meaning{
	"network/dns": {t: feed.Domain}, "dnsentryitem/host": {t: feed.Domain}, "dnsentryitem/recordname": {t: feed.Domain},
	"dnsentryitem/recorddata/host": {t: feed.Domain}, "urlhistoryitem/hostname": {t: feed.Domain}, "cookiehistoryitem/hostname": {t: feed.Domain},
	"formhistoryitem/hostname": {t: feed.Domain}, "dnslookupevent/hostname": {t: feed.Domain}, "urlmonitorevent/hostname": {t: feed.Domain},

	"network/uri": {t: feed.URL}, "network/string": {t: feed.URL}, "urlhistoryitem/url": {t: feed.URL}, "filedownloadhistoryitem/sourceurl": {t: feed.URL},

	"portitem/remoteip": {t: feed.IP, side: "remote"}, "portitem/remoteport": {port: true, side: "remote"},
	"ipv4networkevent/remoteip": {t: feed.IP, side: "remote"}, "ipv4networkevent/remoteport": {port: true, side: "remote"},
	"urlmonitorevent/remoteipaddress": {t: feed.IP, side: "remote"}, "urlmonitorevent/remoteport": {port: true, side: "remote"},
	"routeentryitem/destination": {t: feed.IP}, "network/iprange": {t: feed.IP}, "dnsentryitem/recorddata/ipv4address": {t: feed.IP},

	"fileitem/md5sum": {t: feed.MD5}, "fileitem/sha1sum": {t: feed.SHA1}, "fileitem/sha256sum": {t: feed.SHA256},
	"driveritem/md5sum": {t: feed.MD5}, "driveritem/sha1sum": {t: feed.SHA1}, "driveritem/sha256sum": {t: feed.SHA256},
	"serviceitem/servicedllmd5sum": {t: feed.MD5}, "serviceitem/servicedllsha1sum": {t: feed.SHA1}, "serviceitem/servicedllsha256sum": {t: feed.SHA256},
	"filewriteevent/md5": {t: feed.MD5}, "processevent/md5": {t: feed.MD5}, "imageloadevent/md5": {t: feed.MD5},
	"fileitem/filename": {t: feed.FileName}, "filewriteevent/filename": {t: feed.FileName}, "filedownloadhistoryitem/filename": {t: feed.FileName},
	"email/attachment/name": {t: feed.FileName},

	"email/from": {t: feed.Email},
}

// objectOf is what a search term is about: terms of one object have the same
// first part.
func objectOf(search string) string {
	name, _, _ := strings.Cut(search, "/")
	return strings.ToLower(name)
}

// item is one IndicatorItem.
type item struct {
	condition string
	negate    bool
	search    string
	content   string
	comment   string
	line      int
}

// why is why an item is no single value: a code, and what to tell, "" where it
// is one.
func (i *item) why() (code, text string) {
	search := feed.Quote(i.search)
	m, known := terms[strings.ToLower(i.search)]
	condition := strings.ToLower(i.condition)
	switch {
	case i.negate || strings.HasSuffix(condition, "not"):
		return "negated-value", "values that a condition rules out, of " + search + ", are no IOCs"
	case known && m.t == feed.URL && !records.IsURL(i.content):
		return "not-an-ioc", "values of " + search + " that are parts of URLs or other texts are no IOCs"
	case !known:
		return "not-an-ioc", "items that search for " + search + " are no IOCs that Quarry hunts"
	case condition == "is", condition == "":
		return "", ""
	case condition == "contains" && m.t != feed.FileName && !m.port:
		return "", "" // what is looked for in a name or URL is mostly all of it
	}
	return "not-exact", "items that search for " + search + " by " + feed.Quote(condition) + " name no single value, so no IOC is made of them"
}

// term is what an item says.
func (i *item) term() pattern.Term {
	t := pattern.Term{Kind: pattern.Other, Value: strings.TrimSpace(i.content), Object: objectOf(i.search), Line: i.line}
	if code, _ := i.why(); code != "" {
		return t
	}
	m := terms[strings.ToLower(i.search)]
	t.Kind, t.Type, t.Side = pattern.Value, m.t, m.side
	switch {
	case m.port:
		t.Kind = pattern.Port
	case m.t == feed.IP:
		t.Type = addressType(t.Value)
	}
	return t
}

// addressType is the type of an address, for which a block, an address with its
// port or a name may stand.
func addressType(v string) feed.Type {
	if strings.Contains(v, "/") {
		return feed.CIDR
	}
	v = feed.Refang(v)
	if _, err := netip.ParseAddrPort(v); err == nil {
		return feed.IPPort
	}
	// The destination of a route may be a name.
	if _, err := netip.ParseAddr(v); err != nil && strings.Trim(v, "0123456789.:") != "" {
		if _, err := feed.Canonical(feed.Domain, v); err == nil {
			return feed.Domain
		}
	}
	return feed.IP
}
