package prose

import "strings"

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
	if b.part.foreign.What != "registry keys" && isRegistryKey(b.text) {
		d.notIOC("registry keys", b.line)
	}
	if f := b.part.foreign; f.What != "" && (b.shape == item || b.shape == code || b.part.foreign.Hashes && b.shape == sentence) && !f.Hashes && f.What != "YARA rules" {
		d.notIOC(f.What, b.line)
	}
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
