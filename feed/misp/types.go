package misp

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	"quarry/feed"
	"quarry/feed/records"
)

// part is what one part of an attribute's value is; types of several have their
// parts between bars.
type part string

const (
	ip     part = "ip" // or a block of addresses
	port   part = "port"
	domain part = "domain"
	web    part = "url"
	mail   part = "email"
	name   part = "name" // of a file
	md5    part = "md5"
	sha1   part = "sha1"
	sha256 part = "sha256"
	sha384 part = "sha3-384"
	sha512 part = "sha512"
)

//go:embed types.yaml
var typesYAML []byte

// types are the parts of the attribute types that types.yaml lists. It is part of
// the program, and a test holds that it can be read.
var types = sync.OnceValue(func() map[string][]part {
	all, _ := readTypes(typesYAML)
	return all
})

func readTypes(text []byte) (all map[string][]part, err error) {
	if err := yaml.Unmarshal(text, &all); err != nil {
		return nil, fmt.Errorf("types.yaml: %w", err)
	}
	for name, parts := range all {
		for _, p := range parts {
			if p != port && feedTypes[p] == "" {
				return nil, fmt.Errorf("types.yaml: %q of %q is no part", p, name)
			}
		}
	}
	return all, nil
}

// feedTypes are the types of parts.
var feedTypes = map[part]feed.Type{
	ip: feed.IP, domain: feed.Domain, web: feed.URL, mail: feed.Email, name: feed.FileName,
	md5: feed.MD5, sha1: feed.SHA1, sha256: feed.SHA256, sha384: feed.SHA3384, sha512: feed.SHA512,
}

// values is what an attribute says: each indicator with what it is, and the port
// of a name.
func (a *attribute) values() (all []records.Record, lostPort bool) {
	parts := types()[string(a.Type)]
	texts := []string{string(a.Value)}
	if len(parts) == 2 {
		// A file's name may hold a bar.
		if at := strings.LastIndexByte(texts[0], '|'); at >= 0 {
			texts = []string{texts[0][:at], texts[0][at+1:]}
		} else {
			return alone(parts, texts[0]), false
		}
	}
	for i, p := range parts {
		rec := records.Record{Type: feedTypes[p], Value: texts[i]}
		switch {
		case p == port:
			if all[0].Type == feed.IP {
				all[0].Port = texts[i]
			} else {
				if lostPort = strings.Trim(texts[i], " 0") != ""; lostPort {
					all[0].Tags = []string{"port " + strings.TrimSpace(texts[i])}
				}
			}
			continue
		case p == ip && strings.Contains(texts[i], "/"):
			rec.Type = feed.CIDR
		case p == name && len(parts) == 2:
			rec.Mention, rec.Context = true, "the name of a file that is listed by its hash"
		}
		all = append(all, rec)
	}
	return all, lostPort
}

// alone is a value of two parts that has no bar.
func alone(parts []part, text string) []records.Record {
	t := feedTypes[parts[0]]
	switch {
	case slices.Equal(parts, []part{ip, port}):
		t = feed.IPPort
	case parts[0] == name:
		t = feedTypes[parts[1]]
	}
	return []records.Record{{Type: t, Value: text}}
}

// families are the galaxies whose clusters are malware.
var families = map[string]bool{
	"malpedia": true, "mitre-malware": true, "mitre-enterprise-attack-malware": true, "mitre-mobile-attack-malware": true,
	"ransomware": true, "rat": true, "banker": true, "botnet": true, "stealer": true, "backdoor": true, "android": true, "tool": true, "cryptominers": true,
}

// familyOf is the malware that a tag names, such as
// misp-galaxy:malpedia="Otter RAT", without the number that ATT&CK gives it.
func familyOf(tag string) string {
	rest, ok := strings.CutPrefix(tag, "misp-galaxy:")
	galaxy, cluster, named := strings.Cut(rest, "=")
	if !ok || !named || !families[galaxy] {
		return ""
	}
	cluster = strings.Trim(cluster, `"`)
	if at := strings.LastIndex(cluster, " - S"); at > 0 && strings.Trim(cluster[at+len(" - S"):], "0123456789") == "" {
		cluster = cluster[:at]
	}
	return records.Words(cluster)
}

// confidences are the values of MISP's own taxonomy, in percent; that confidence
// cannot be evaluated is none.
var confidences = map[string]string{
	"completely-confident": "100", "usually-confident": "75", "fairly-confident": "50", "rarely-confident": "25", "unconfident": "0",
}

// confidenceOf is the confidence that a tag states, or "".
func confidenceOf(tag string) string {
	rest, _ := strings.CutPrefix(tag, "misp:confidence-level=")
	return confidences[strings.Trim(rest, `"`)]
}

// killChain is the phase that a tag names, or "".
func killChain(tag string) string {
	rest, _ := strings.CutPrefix(tag, "kill-chain:")
	return strings.Trim(rest, `"`)
}

// claim is what ThreatFox's own events say in the comments of attributes:
// "Otter RAT botnet C2 server (confidence level: 75%)".
type claim struct {
	family     string
	threat     feed.Threat
	confidence string
}

// claimOf takes such a comment apart; ok is false of any other.
func claimOf(t feed.Type, comment string) (c claim, ok bool) {
	rest, level, ok := strings.Cut(comment, " (confidence level: ")
	level, closed := strings.CutSuffix(level, "%)")
	if _, err := records.ParseConfidence(level); !ok || !closed || err != nil || level == "" {
		return c, false
	}
	c.confidence = level
	words := strings.Fields(rest)
	for n := range words { // the longest words that are a threat
		if c.threat = records.ThreatOf(t, strings.Join(words[n:], " ")); c.threat != "" {
			c.family = strings.Join(words[:n], " ")
			break
		}
		if len(words)-n > maxClaim {
			return c, true
		}
	}
	if strings.EqualFold(c.family, "unknown malware") {
		c.family = ""
	}
	return c, true
}

// maxClaim is how many words such a comment has at most.
const maxClaim = 20
