package kql

import (
	"net/netip"
	"slices"

	"quarry/feed"
)

// Shape is what about an indicator decides which columns can hold it. Finding
// it takes an address or a URL apart, so who asks often keeps it.
type Shape uint8

const (
	noShape Shape = iota // no table is hunted for it
	ip4Shape
	ip6Shape
	nameShape
	urlNameShape
	url4Shape
	url6Shape
	md5Shape
	sha1Shape
	sha256Shape
)

// ShapeOf is the shape of an indicator.
func ShapeOf(i feed.IOC) Shape {
	switch i.Type {
	case feed.IP, feed.IPPort:
		if a, ok := i.Addr(); ok {
			return byFamily(a, ip4Shape, ip6Shape)
		}
	case feed.Domain:
		return nameShape
	case feed.URL:
		host := i.Host()
		if a, err := netip.ParseAddr(host); err == nil {
			return byFamily(a, url4Shape, url6Shape)
		}
		if host != "" { // no reader lets such a value through
			return urlNameShape
		}
	case feed.MD5:
		return md5Shape
	case feed.SHA1:
		return sha1Shape
	case feed.SHA256:
		return sha256Shape
	}
	return noShape
}

func byFamily(a netip.Addr, four, six Shape) Shape {
	if a.Is6() {
		return six
	}
	return four
}

// Carries reports whether a column of the table that is hunted can hold the
// indicator.
func (t *Table) Carries(i feed.IOC) bool { return t.CarriesShape(ShapeOf(i)) }

// CarriesShape reports whether a column of the table that is hunted can hold
// indicators of a shape.
func (t *Table) CarriesShape(s Shape) bool {
	c := &t.IOC
	urls := len(c.URL)+len(c.URLList) > 0
	switch s {
	case ip4Shape, ip6Shape, url4Shape, url6Shape:
		return urls || len(c.IPList) > 0 || hasAddr(c.IP, s == ip6Shape || s == url6Shape)
	case nameShape, urlNameShape:
		return urls || len(c.Host) > 0
	case md5Shape:
		return len(c.MD5)+len(c.Hash) > 0
	case sha1Shape:
		return len(c.SHA1)+len(c.Hash) > 0
	case sha256Shape:
		return len(c.SHA256)+len(c.Hash) > 0
	}
	return false
}

func hasAddr(cols []Column, is6 bool) bool {
	return slices.ContainsFunc(cols, func(c Column) bool {
		return c.Side != Own && (is6 || c.Only != "ipv6")
	})
}

// typeShapes are the shapes that indicators of a type have.
var typeShapes = map[feed.Type][]Shape{
	feed.IP: {ip4Shape, ip6Shape}, feed.IPPort: {ip4Shape, ip6Shape}, feed.Domain: {nameShape},
	feed.URL: {urlNameShape, url4Shape, url6Shape},
	feed.MD5: {md5Shape}, feed.SHA1: {sha1Shape}, feed.SHA256: {sha256Shape},
}

// Types lists the types of indicator that a column of the table can hold.
func (t *Table) Types() []feed.Type {
	var types []feed.Type
	for _, ty := range feed.Types {
		if slices.ContainsFunc(typeShapes[ty], t.CarriesShape) {
			types = append(types, ty)
		}
	}
	return types
}
