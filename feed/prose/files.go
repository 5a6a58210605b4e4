package prose

import (
	"cmp"
	"slices"
	"strings"

	"quarry/feed"
	"quarry/feed/scan"
)

// ruled notes where the text of a detection rule begins and ends.
func (d *document) ruled(b *block) {
	if b.shape != sentence && b.shape != code {
		return
	}
	t := b.text
	if d.rule != "" {
		if d.rule == yaraRule && !strings.HasPrefix(t, "}") {
			return
		}
		d.rule = ""
	}
	for _, modifier := range []string{"private ", "global "} {
		t = strings.TrimPrefix(t, modifier)
	}
	switch {
	case strings.HasPrefix(t, "rule ") && yaraHead(t[len("rule "):]):
		d.rule = yaraRule
		d.notIOC("YARA rules", b.line)
	case (strings.HasPrefix(t, "alert ") || strings.HasPrefix(t, "drop ")) && strings.Contains(t, "->") && strings.Contains(t, "sid:"):
		d.rule = idsRule
		d.notIOC("rules of Snort or Suricata", b.line)
	}
}

const (
	yaraRule = "YARA rule"
	idsRule  = "rule of Snort or Suricata"
)

// yaraHead reports whether what follows "rule " is the head of a YARA rule.
func yaraHead(s string) bool {
	name, rest, _ := strings.Cut(strings.Replace(s, "{", " {", 1), " ")
	name = strings.TrimSuffix(name, ":")
	if name == "" || strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") != "" {
		return false
	}
	rest = strings.TrimSpace(rest)
	return strings.HasPrefix(rest, "{") || strings.HasPrefix(rest, ":") || rest == "" && strings.Contains(name, "_")
}

// counted counts in a block what is no IOC for Quarry.
func (d *document) counted(b *block) {
	for at := 0; ; {
		n := strings.Index(b.text[at:], "CVE-")
		if n < 0 {
			break
		}
		at += n + len("CVE-")
		if isCVE(b.text[at:]) {
			d.notIOC("vulnerabilities (CVE)", b.lineAt(at))
		}
	}
	if d.among(b) && isASNumber(b.text) {
		d.notIOC("numbers of networks (AS)", b.line)
	}
	if b.part.foreign.What != "registry keys" && !d.inOther(b) && isRegistryKey(b.text) {
		d.notIOC("registry keys", b.line)
	}
	if f := b.part.foreign; f.What != "" && (b.shape == item || b.shape == code || b.part.foreign.Hashes && b.shape == sentence) && !f.Hashes && f.What != "YARA rules" {
		d.notIOC(f.What, b.line)
	}
}

// longHash is how many hexadecimal digits hashes of 384 bits have.
const longHash = 96

// isLongHash reports whether a word is as long as a hash of 384 bits and as mixed.
func isLongHash(w string) bool {
	return len(w) == longHash && hexLen(w) == longHash && strings.ContainsAny(w, "0123456789") && strings.ContainsAny(w, "abcdefABCDEF")
}

// longHashes adds the values of a block that are as long as a hash of 384 bits and are
// called SHA3-384 to its hits, and counts the others: more likely they are SHA-384, which
// nothing is hunted by.
func (d *document) longHashes(b *block, hits []scan.Hit) []scan.Hit {
	if b.shape == navigation || b.shape == heading || d.rule != "" {
		return hits
	}
	for at := 0; at+longHash <= len(b.text); {
		n := hexLen(b.text[at:])
		start, end := at, at+n
		at = end + 1
		apart := start == 0 || !nameByte(b.text[start-1]) && strings.IndexByte(`/\.`, b.text[start-1]) < 0
		if !apart || end < len(b.text) && nameByte(b.text[end]) || !isLongHash(b.text[start:end]) || covered(hits, start, end) {
			continue
		}
		if !saysSHA3(b.text[max(0, start-longestLabel):start]) && !saysSHA3(b.label) && !saysSHA3(b.column) && !saysSHA3(b.part.title) {
			d.notIOC("values as long as a SHA-384", b.lineAt(start))
			continue
		}
		k, _ := slices.BinarySearchFunc(hits, start, func(h scan.Hit, at int) int { return cmp.Compare(h.Start, at) })
		hits = slices.Insert(hits, k, scan.Hit{Type: feed.SHA3384, Value: strings.ToLower(b.text[start:end]), Start: start, End: end})
	}
	return hits
}

// saysSHA3 reports whether a label, a title or the words before a value name SHA3-384.
func saysSHA3(s string) bool {
	return slices.Contains(split(s), "sha3")
}

func isCVE(s string) bool {
	return len(s) >= len("2021-0000") && s[4] == '-' && strings.Trim(s[:4]+s[5:9], "0123456789") == ""
}

// isRegistryKey reports whether a text names a key of the registry of Windows.
func isRegistryKey(s string) bool {
	return strings.Contains(s, `\`) && strings.Contains(s, "HK") && (strings.Contains(s, `HKLM\`) || strings.Contains(s, `HKCU\`) || strings.Contains(s, "HKEY_"))
}

// isASNumber reports whether a text is the number of a network, perhaps before a
// comment.
func isASNumber(s string) bool {
	s, _, _ = strings.Cut(strings.Trim(s, marks), " ")
	digits, ok := strings.CutPrefix(s, "AS")
	return ok && digits != "" && len(digits) <= len("4294967295") && strings.Trim(digits, "0123456789") == ""
}
