package kql

import (
	"net/netip"
	"strconv"
	"strings"

	"quarry/feed"
)

// Indicator is an IOC made ready for hunts: taken apart once, however often it
// is hunted.
type Indicator struct {
	feed.IOC
	Shape  Shape
	terms  []term
	labels int // of a domain
	params int // of a URL's query
	bits   int // of a block of addresses
}

// term is one value that columns are compared with.
type term struct {
	list listID
	key  string
}

// NewIndicator makes an IOC ready.
func NewIndicator(i feed.IOC) *Indicator { return newIndicator(i, ShapeOf(i)) }

// NewSharedIndicator makes an IOC ready of which the host, if it is a URL, says
// nothing: see [Shape.OfSharedHost].
func NewSharedIndicator(i feed.IOC) *Indicator { return newIndicator(i, ShapeOf(i).OfSharedHost()) }

func newIndicator(i feed.IOC, shape Shape) *Indicator {
	x := &Indicator{IOC: i, Shape: shape}
	switch x.Shape {
	case ip4Shape, ip6Shape, port4Shape, port6Shape:
		x.addAddr()
	case cidr4Shape, cidr6Shape:
		x.addBlock()
	case nameShape:
		x.labels = strings.Count(i.Value, ".") + 1
		for _, name := range nameSpellings(i.Value) {
			x.add(domainList, name)
		}
	case urlNameShape, sharedShape, url4Shape, url6Shape:
		x.addURL()
	case emailShape:
		x.add(emailList, strings.ToLower(i.Value))
	case fileShape, spacedFileShape:
		x.add(fileList, strings.ToLower(i.Value))
	default:
		if l, ok := hashLists[x.Shape]; ok {
			x.add(l, i.Value)
		}
	}
	return x
}

// NewIndicators makes IOCs ready.
func NewIndicators(iocs []feed.IOC) []*Indicator {
	all := make([]*Indicator, len(iocs))
	for n, i := range iocs {
		all[n] = NewIndicator(i)
	}
	return all
}

func (x *Indicator) add(l listID, key string) { x.terms = append(x.terms, term{l, key}) }

// addAddr adds the address, and the pair of address and port, that the IOC
// points at.
func (x *Indicator) addAddr() {
	addr, ok := x.Addr()
	if !ok {
		return
	}
	port := x.Port()
	if x.Type == feed.URL && port == 0 {
		port = defaultPort(x.Value)
	}
	anyPort := port == 0 // as a plain address, or a URL of a scheme without a known port
	host, lists := addr.String(), [2]listID{ip4List, any4List}
	if addr.Is6() {
		host, lists = addr.StringExpanded(), [2]listID{ip6List, any6List}
		for _, text := range addrSpellings(addr) {
			x.add(ip6TextList, text)
			if anyPort {
				x.add(any6TextList, text)
			}
		}
	}
	x.add(lists[0], host)
	if anyPort {
		x.add(lists[1], host)
	}
	if addr.Is6() {
		host = "[" + host + "]"
	}
	if port > 0 {
		x.add(portList, host+":"+strconv.Itoa(port))
	}
}

func (x *Indicator) addBlock() {
	p, err := netip.ParsePrefix(x.Value)
	if err != nil {
		return
	}
	x.bits = p.Bits()
	if p.Addr().Is6() {
		x.add(cidr6List, p.Masked().Addr().StringExpanded()+"/"+strconv.Itoa(x.bits))
		return
	}
	x.add(cidr4List, p.Masked().String())
}

func (x *Indicator) addURL() {
	keys, params := urlKeys(x.IOC, urlBodyRegex)
	x.params = params
	if strings.ContainsAny(x.Value, `"\`) { // as a list of URLs in JSON writes it
		escaped, _ := urlKeys(x.IOC, quotedBodyRegex)
		for _, k := range escaped {
			x.add(urlList, jsonText.Replace(k))
		}
	}
	for _, k := range keys {
		x.add(urlList, k)
		host, _, _ := strings.Cut(k, "/")
		if at := strings.LastIndexByte(host, ':'); at > strings.IndexByte(host, ']') {
			host = host[:at]
		}
		x.add(urlHostList, strings.Trim(host, "[]"))
	}
	if host := writtenHost(x.IOC); asciiLower(host) != strings.ToLower(host) {
		x.add(urlHostList, asciiLower(host))
	}
	switch x.Shape {
	case sharedShape:
		return
	case url4Shape, url6Shape:
		x.addAddr()
		return
	}
	for _, name := range nameSpellings(x.Host()) {
		x.add(hostList, name)
		if len(keys) == 0 { // no search for the URL finds it
			x.add(urlHostList, name)
		}
	}
}
