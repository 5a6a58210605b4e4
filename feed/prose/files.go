package prose

import (
	"strings"
	"unicode"

	"quarry/feed"
)

// fileName is the name of the file that a block consists of, where names of
// files are listed. What else the block holds counts first, but for what only
// looks like a domain.
func (d *document) fileName(b *block) (name string, ok bool) {
	column := b.shape == cell && d.fileColumn(b.column)
	if !column && (!b.part.files || b.shape == heading || b.shape == cell) {
		return "", false
	}
	for _, h := range d.hits {
		if h.Type != feed.Domain || defanged(b.text[h.Start:h.End], h.Type) {
			return "", false
		}
	}
	const around = "`\"'“”‘’ \t\u00a0" // underscores are of the name
	s := strings.TrimLeft(strings.Trim(b.text, around+"+"), "-•·▪* ")
	for _, comment := range []string{" (", " - ", " – ", " — ", "\t", "  ", " #", "` "} {
		if at := strings.Index(s, comment); at > 0 {
			s = s[:at]
		}
	}
	s = strings.Trim(s, around+",;")
	if s == "" || len(s) > 255 || strings.ContainsAny(s, "?*|<>\"") || strings.Contains(s, "://") {
		return "", false
	}
	base := s[strings.LastIndexAny(s, `\/`)+1:]
	if !column && !hasExtension(base) || column && noName[strings.ToLower(base)] || len(strings.Fields(base)) > 6 {
		return "", false
	}
	return s, true
}

// fileColumn reports whether a column holds names of files that are IOCs.
func (d *document) fileColumn(title string) bool {
	return d.table.files && words().Columns[fileRole][strings.Join(split(title), " ")]
}

// noName are what stands in a column of names in place of one.
var noName = map[string]bool{"": true, "-": true, "n/a": true, "na": true, "a": true, "none": true, "unknown": true, "various": true, "?": true}

// hasExtension reports whether a name ends like that of a file.
func hasExtension(s string) bool {
	at := strings.LastIndexByte(s, '.')
	ext := s[at+1:]
	return at > 0 && ext != "" && len(ext) <= 10 && !strings.HasSuffix(s[:at], " ") && strings.ContainsFunc(ext, unicode.IsLetter) &&
		!strings.ContainsFunc(ext, func(r rune) bool { return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// file makes an IOC of the name or path of a file.
func (d *document) file(b *block, name string) error {
	base := name[strings.LastIndexAny(name, `\/`)+1:]
	v, err := feed.Canonical(feed.FileName, base)
	if err != nil {
		return nil
	}
	doc := d.begin()
	if base != name {
		d.paths.add(b.line)
	}
	i := feed.IOC{Type: feed.FileName, Value: v, Confidence: feed.NoConfidence, Family: d.family, Sources: []feed.Source{{Name: d.in.Name, Line: b.line}}}
	d.first = false
	if b.hidden {
		i.Mention, i.Context, i.Family = true, "hidden in the page", ""
		d.counts[mention]++
		return d.out.IOC(i)
	}
	if k := b.part.kind; k == references || k == benign || k == alien {
		i.Mention, i.Context, i.Family = true, "section "+feed.Quote(b.part.title), ""
		d.counts[mention]++
		return d.out.IOC(i)
	}
	d.counts[inList]++
	d.listed()
	d.table.attributes(&i, doc, b.line)
	return d.out.IOC(i)
}

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
	if strings.Contains(b.text, `\`) && (strings.Contains(b.text, "HK") && (strings.Contains(b.text, `HKLM\`) || strings.Contains(b.text, `HKCU\`) || strings.Contains(b.text, "HKEY_"))) && b.part.foreign.What != "registry keys" {
		d.notIOC("registry keys", b.line)
	}
	if f := b.part.foreign; f.What != "" && (b.shape == item || b.shape == code || b.part.foreign.Hashes && b.shape == sentence) && !f.Hashes && f.What != "YARA rules" {
		d.notIOC(f.What, b.line)
	}
}

func isCVE(s string) bool {
	return len(s) >= len("2021-0000") && s[4] == '-' && strings.Trim(s[:4]+s[5:9], "0123456789") == ""
}
