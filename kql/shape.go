package kql

import (
	"net/netip"
	"slices"
	"strings"
	"unicode"

	"quarry/feed"
)

// Shape is what about an indicator decides which columns can hold it. Finding
// it takes an address or a URL apart, so who asks often keeps it.
type Shape uint8

const (
	noShape Shape = iota // no table is hunted for it
	ip4Shape
	ip6Shape
	port4Shape // an address with a port
	port6Shape
	cidr4Shape
	cidr6Shape
	nameShape
	urlNameShape // a URL of a named host
	sharedShape  // a URL of a named host that is everybody's: see [Shape.OfSharedHost]
	url4Shape
	url6Shape
	md5Shape
	sha1Shape
	sha256Shape
	sha512Shape
	sha3Shape
	emailShape
	fileShape
	spacedFileShape // a file name with a space, which no running text delimits

	Shapes = int(iota) // how many shapes there are
)

// ShapeOf is the shape of an indicator.
func ShapeOf(i feed.IOC) Shape {
	switch i.Type {
	case feed.IP:
		return addrShape(i.Value, ip4Shape, ip6Shape)
	case feed.IPPort:
		return addrShape(i.Host(), port4Shape, port6Shape)
	case feed.CIDR:
		if p, err := netip.ParsePrefix(i.Value); err == nil {
			return byFamily(p.Addr(), cidr4Shape, cidr6Shape)
		}
		return noShape
	case feed.URL:
		host := i.Host()
		if s := addrShape(host, url4Shape, url6Shape); s != noShape {
			return s
		}
		if host != "" { // no reader lets such a value through
			return urlNameShape
		}
	case feed.FileName:
		if strings.ContainsFunc(i.Value, unicode.IsSpace) {
			return spacedFileShape
		}
	}
	return plainShapes[i.Type]
}

// OfSharedHost is the shape of a URL whose host many people share, such as a
// code host: hunts look for the whole URL, and not for the host where a table
// knows no more. Other shapes stay as they are.
func (s Shape) OfSharedHost() Shape {
	if s == urlNameShape {
		return sharedShape
	}
	return s
}

// plainShapes are those of the types that need no look at the value.
var plainShapes = map[feed.Type]Shape{
	feed.Domain: nameShape, feed.MD5: md5Shape, feed.SHA1: sha1Shape, feed.SHA256: sha256Shape,
	feed.SHA512: sha512Shape, feed.SHA3384: sha3Shape,
	feed.Email: emailShape, feed.EnvelopeFrom: emailShape, feed.BodyFrom: emailShape, feed.FileName: fileShape,
}

func addrShape(value string, four, six Shape) Shape {
	a, ok := feed.ParseAddr(value)
	if !ok {
		return noShape
	}
	return byFamily(a, four, six)
}

func byFamily(a netip.Addr, four, six Shape) Shape {
	if a.Is6() {
		return six
	}
	return four
}

// Carries reports whether a column of the table that is hunted unless told
// otherwise can hold the indicator.
func (t *Table) Carries(i feed.IOC) bool { return t.CarriesShape(ShapeOf(i)) }

// CarriesShape reports whether a column of the table that is hunted unless told
// otherwise can hold indicators of a shape.
func (t *Table) CarriesShape(s Shape) bool { return t.CarriesWith(s, &Options{}) }

// ShapeSet is a set of shapes.
type ShapeSet uint32

// Has reports whether a shape is in the set.
func (s ShapeSet) Has(shape Shape) bool { return s&(1<<shape) != 0 }

// CarriedWith are the shapes that a hunt with these options can find.
func (t *Table) CarriedWith(o *Options) (all ShapeSet) {
	for s := range Shape(Shapes) {
		if t.CarriesWith(s, o) {
			all |= 1 << s
		}
	}
	return all
}

// CarriesWith reports whether a hunt with these options can find a shape: a
// required port and the own side change what a table carries.
func (t *Table) CarriesWith(s Shape, o *Options) bool {
	return t.columned(s, o) || t.hosts(s, o) || slices.ContainsFunc(t.IOC.Text, func(c Column) bool { return t.searched(&c, s, o) })
}

// hosts reports whether the table has columns for the host of a URL, where it
// has none for the URL.
func (t *Table) hosts(s Shape, o *Options) bool {
	c := &t.IOC
	switch s {
	case url4Shape, url6Shape:
		is6 := s == url6Shape
		return o.Port != RequirePort && (hasSide(c.IPList, o) || hasAddr(c.IP, is6, o)) || hasPort(c.IP, is6, o)
	case urlNameShape:
		return hasSide(c.HostList, o) || slices.ContainsFunc(c.Host, func(c Column) bool { return c.hunted(o) && c.Only != onlyDomains })
	}
	return false
}

// searched reports whether a column of running text is searched for a shape:
// where the table has no other column for it, or always.
func (t *Table) searched(c *Column, s Shape, o *Options) bool {
	switch {
	case s == noShape, s == cidr4Shape, s == cidr6Shape, s == spacedFileShape, !c.hunted(o), !c.holds(s):
		return false
	case o.Port == RequirePort && (s == port4Shape || s == port6Shape):
		return false // text does not say which number is the port
	case c.Only == onlyIPv4 && (s == ip6Shape || s == port6Shape):
		return false
	}
	return c.Always || !t.columned(s, o)
}

// holds reports whether running text may hold a shape.
func (c *Column) holds(s Shape) bool {
	return len(c.Holds) == 0 || slices.ContainsFunc(c.Holds, func(ty feed.Type) bool {
		return plainShapes[ty] == s || slices.Contains(typeShapes[ty], s)
	})
}

// columned reports whether the table has columns, apart from running text, in
// which a hunt with these options can find a shape.
func (t *Table) columned(s Shape, o *Options) bool {
	c := &t.IOC
	url := hasSide(c.URL, o)
	urls := url || hasSide(c.URLList, o)
	switch s {
	case ip4Shape, ip6Shape:
		return urls || hasSide(c.IPList, o) || hasAddr(c.IP, s == ip6Shape, o)
	case port4Shape, port6Shape:
		if o.Port == RequirePort {
			return url || hasPort(c.IP, s == port6Shape, o)
		}
		return urls || hasSide(c.IPList, o) || hasAddr(c.IP, s == port6Shape, o)
	case cidr4Shape, cidr6Shape: // addresses in lists are not compared with blocks
		return hasAddr(c.IP, s == cidr6Shape, o) || url && !hasSide(c.IPList, o)
	case url4Shape, url6Shape, urlNameShape, sharedShape: // its host alone is less; see hosts
		return urls
	case nameShape:
		return urls || hasSide(c.Host, o) || hasSide(c.HostList, o)
	case emailShape:
		return hasSide(c.Email, o)
	case fileShape, spacedFileShape:
		return hasSide(c.FileName, o) || hasSide(c.FilePath, o)
	}
	own, any := c.hashes(s)
	return hasSide(own, o) || hasSide(any, o)
}

// hashes are the columns that hold hashes of a shape: those of its algorithm
// and those that hold any.
func (c *Columns) hashes(s Shape) (own, any []Column) {
	switch s {
	case md5Shape:
		return c.MD5, c.Hash
	case sha1Shape:
		return c.SHA1, c.Hash
	case sha256Shape:
		return c.SHA256, c.Hash
	case sha512Shape, sha3Shape:
		return nil, c.Hash
	}
	return nil, nil
}

// hunted reports whether a hunt with these options looks at a column.
func (c *Column) hunted(o *Options) bool { return c.Side != Own || o.OwnSide }

func hasSide(cols []Column, o *Options) bool {
	return slices.ContainsFunc(cols, func(c Column) bool { return c.hunted(o) })
}

func hasAddr(cols []Column, is6 bool, o *Options) bool {
	return slices.ContainsFunc(cols, func(c Column) bool {
		return c.hunted(o) && (is6 || c.Only != onlyIPv6)
	})
}

func hasPort(cols []Column, is6 bool, o *Options) bool {
	return slices.ContainsFunc(cols, func(c Column) bool {
		return c.hunted(o) && c.Port != "" && (is6 || c.Only != onlyIPv6)
	})
}

// typeShapes are the shapes that indicators of a type have.
var typeShapes = map[feed.Type][]Shape{
	feed.IP: {ip4Shape, ip6Shape}, feed.IPPort: {port4Shape, port6Shape}, feed.CIDR: {cidr4Shape, cidr6Shape},
	feed.URL: {urlNameShape, sharedShape, url4Shape, url6Shape},
}

// Types lists the types of indicator that a column of the table can hold.
func (t *Table) Types() []feed.Type {
	var types []feed.Type
	for _, ty := range feed.Types {
		if t.CarriesShape(plainShapes[ty]) || slices.ContainsFunc(typeShapes[ty], t.CarriesShape) {
			types = append(types, ty)
		}
	}
	return types
}
