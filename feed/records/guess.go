package records

import (
	"strings"
	"unicode"

	"quarry/feed"
	"quarry/feed/scan"
)

// hashTypes are the types of hashes by the count of their digits.
var hashTypes = map[int]feed.Type{32: feed.MD5, 40: feed.SHA1, 64: feed.SHA256, 96: feed.SHA3384, 128: feed.SHA512}

// Guess tells the type of a value that stands alone, as in a list, defanged or
// not: a URL with its scheme, an address with or without port or prefix length,
// a hash, a mail address, or a name below a public suffix. What it takes,
// [feed.Canonical] takes as that type. A name whose end is as common as the
// extension of a file (.zip) is a domain too; [scan.FileLike] tells those. Words,
// file names, paths and hardware addresses are nothing.
func Guess(value string) (t feed.Type, ok bool) {
	v := strings.TrimSpace(value)
	if len(v) < len("::1") || len(v) > feed.MaxValue {
		return "", false
	}
	if t := hashTypes[len(v)]; t != "" && hexadecimal(v) {
		return t, true
	}
	v = feed.Refang(v)
	if strings.Contains(v, "://") {
		return is(feed.URL, v)
	}
	switch {
	case strings.ContainsFunc(v, unicode.IsSpace):
		return "", false
	case strings.Contains(v, "@"):
		mail, err := feed.Canonical(feed.Email, v)
		return feed.Email, err == nil && scan.UnderSuffix(mail[strings.LastIndexByte(mail, '@')+1:])
	case strings.Contains(v, "/"):
		return is(feed.CIDR, v)
	case strings.Contains(v, ":"):
		if t, ok = is(feed.IP, v); !ok {
			return is(feed.IPPort, v)
		}
		return t, strings.ContainsAny(v, "0123456789") && !hardware(v)
	case !strings.Contains(v, "."):
		return "", false
	}
	if last := v[len(v)-1]; last >= '0' && last <= '9' { // as in no name
		return is(feed.IP, v)
	}
	name, err := feed.Canonical(feed.Domain, v)
	return feed.Domain, err == nil && scan.UnderSuffix(name)
}

func is(t feed.Type, v string) (feed.Type, bool) {
	_, err := feed.Canonical(t, v)
	return t, err == nil
}

// hexadecimal reports whether v has hexadecimal digits only, letters as well as
// numbers: what has only one of the two is a word or a number.
func hexadecimal(v string) bool {
	digits := 0
	for i := 0; i < len(v); i++ {
		switch c := v[i]; {
		case c >= '0' && c <= '9':
			digits++
		case c|0x20 < 'a' || c|0x20 > 'f':
			return false
		}
	}
	return digits > 0 && digits < len(v)
}

// hardware reports whether an address of colons is one of hardware, of which
// the long form would pass for IPv6.
func hardware(v string) bool {
	for group := range strings.SplitSeq(v, ":") {
		if len(group) != 2 {
			return false
		}
	}
	return true
}

// NamePort takes a name and its port apart, such as cdn.example.net:8443.
func NamePort(value string) (name, port string, ok bool) {
	v := feed.Refang(strings.TrimSpace(value))
	name, port, ok = strings.Cut(v, ":")
	if !ok || port == "" || len(port) > 5 || strings.Trim(port, "0123456789") != "" {
		return "", "", false
	}
	t, ok := Guess(name)
	return name, port, ok && t == feed.Domain
}

// fileEnds are ends of names that no domain has, in lower case.
var fileEnds = fields("exe dll sys scr ps1 psm1 bat cmd vbs vbe js jse wsf wsh hta lnk doc docx docm dotm rtf xls xlsx xlsm xlsb ppt pptx pptm pdf csv txt log " +
	"json xml yml yaml ini cfg conf dat bin tmp bak db html htm mht php asp aspx jsp jar class apk ipa dmg pkg deb rpm iso img vhd msi msix 7z rar gz tgz tar bz2 xz " +
	"elf dylib ko gif jpg jpeg png ico svg bmp webp mp3 mp4 avi ttf chm cpl ocx drv efi one onepkg xll sct inf reg")

func fields(list string) map[string]bool {
	all := map[string]bool{}
	for word := range strings.FieldsSeq(list) {
		all[word] = true
	}
	return all
}

// IsFileName reports whether a word ends as files do and names on the network
// do not.
func IsFileName(v string) bool {
	at := strings.LastIndexByte(v, '.')
	return at > 0 && !strings.ContainsAny(v, " /:@") && fileEnds[strings.ToLower(v[at+1:])]
}
