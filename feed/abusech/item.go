package abusech

import (
	"encoding/json"
	"strings"

	"quarry/feed"
	"quarry/feed/internal/export"
	"quarry/feed/records"
)

// fingerprints are what looks like a hash of a file and is none.
var fingerprints = map[field]string{
	imphashField: "imphashes, of the functions that a program imports", ssdeepField: "ssdeep hashes, of likeness", tlshField: "TLSH hashes, of likeness",
	telfhashField: "telfhashes, of the symbols of a program", gimphashField: "gimphashes, of the functions that a Go program imports", iconField: "hashes of icons",
	certificateField: "SHA-1 hashes of TLS certificates, not of files", ja3Field: "JA3 fingerprints of TLS clients",
}

// item is a record: a URL, an address with a port, or a sample.
type item [fieldCount]string

// set takes a value of a field in.
func (it *item) set(f field, value string) {
	if value = export.Stated(strings.TrimSpace(value)); f == noField || value == "" {
		return
	}
	if it[f] == "" {
		it[f] = value
	}
}

// maker makes IOCs of items.
type maker struct {
	*names
	d       *records.Document
	counted [fieldCount]int
	tags    export.Tags
}

// add gives all that an item states to the document. It reports whether it
// stated anything.
func (m *maker) add(it *item, line int) (stated bool, err error) {
	for f := range fingerprints {
		if it[f] != "" {
			m.counted[f]++
			stated = true
		}
	}
	base := records.Record{
		Family: it[familyField], FirstSeen: it[firstField], LastSeen: it[lastField], Reference: it[referenceField],
		Tags: m.tagsOf(it), Line: line,
	}
	for _, add := range []func(*item, records.Record) (bool, error){m.addURL, m.addAddress, m.addSample} {
		is, err := add(it, base)
		if err != nil {
			return true, err
		}
		stated = stated || is
	}
	return stated, nil
}

// tagsOf are the tags of an item, a list in JSON or one that commas part, and
// its status.
func (m *maker) tagsOf(it *item) []string {
	s := it[tagsField]
	if strings.HasPrefix(s, "[") {
		var list export.List
		if json.Unmarshal([]byte(s), &list) == nil {
			return export.With(list, it[statusField])
		}
	}
	return m.tags.Split(s, it[statusField])
}

func (m *maker) addURL(it *item, r records.Record) (bool, error) {
	if it[urlField] == "" {
		return false, nil
	}
	r.Type, r.Value, r.Threat = feed.URL, it[urlField], feed.Threat(it[threatField])
	if r.Threat == "malware_download" {
		r.Threat = feed.PayloadDelivery
	}
	return true, m.d.Add(r)
}

func (m *maker) addAddress(it *item, r records.Record) (bool, error) {
	if it[ipField] == "" {
		return false, nil
	}
	r.Type, r.Value, r.Port, r.Threat = feed.IP, it[ipField], it[portField], feed.BotnetCC
	if err := m.d.Add(r); err != nil || it[hostField] == "" {
		return true, err
	}
	r.Mention, r.Context = true, "the name of "+feed.Quote(it[ipField])+", which may be one of its provider"
	r.Type, r.Value, r.Port, r.Threat = feed.Domain, it[hostField], "", ""
	return true, m.d.Add(r)
}

func (m *maker) addSample(it *item, r records.Record) (bool, error) {
	named := ""
	r.Threat = feed.Payload
	for _, h := range []struct {
		t feed.Type
		f field
	}{{feed.SHA256, sha256Field}, {feed.SHA1, sha1Field}, {feed.MD5, md5Field}, {feed.SHA3384, sha3Field}} {
		if it[h.f] == "" {
			continue
		}
		if named == "" {
			named = it[h.f]
		}
		r.Type, r.Value = h.t, it[h.f]
		if err := m.d.Add(r); err != nil {
			return true, err
		}
	}
	if named == "" || it[fileField] == "" {
		return named != "", nil
	}
	r.Type, r.Value, r.Mention, r.Context = feed.FileName, it[fileField], true, "the file name of the sample "+feed.Quote(named)
	return true, m.d.Add(r)
}

// end says what was counted only.
func (m *maker) end() {
	for f, n := range m.counted {
		if n > 0 {
			m.d.Find("not-an-ioc", feed.Info, 0, "%s: %d; no IOC is made of them", fingerprints[field(f)], n)
		}
	}
}
