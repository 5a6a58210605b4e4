package stix

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quarry/feed/pattern"
)

const (
	md5Hex    = "0123456789abcdef0123456789abcdef"
	sha1Hex   = "0123456789abcdef0123456789abcdef01234567"
	sha256Hex = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
)

// values are those of a pattern, mentions with a question mark, and in brackets
// what is skipped.
func valuesOf(t *testing.T, text string) []string {
	t.Helper()
	p, err := parsePattern(text, 1)
	if err != nil {
		return []string{"error: " + err.Error()}
	}
	var all []string
	for _, r := range pattern.Results(p.node) {
		s := string(r.Type) + " " + r.Value
		if r.Port != "" {
			s += " port " + r.Port
		}
		if r.Why != "" {
			s += "?"
		}
		all = append(all, s)
	}
	for _, s := range p.skipped {
		all = append(all, strings.TrimSuffix("["+s.path+" "+s.why, " ")+"]")
	}
	return all
}

func TestPatternValues(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string
	}{
		{`[domain-name:value = 'panel.example']`, []string{"domain panel.example"}},
		{`[hostname:value = 'c2.panel.example']`, []string{"domain c2.panel.example"}},
		{`[domain-name:value == 'panel.example']`, []string{"domain panel.example"}},
		{` ( [ url:value='http://a.example/x y\'\\z' ] ) `, []string{`url http://a.example/x y'\z`}},
		{`[url:value = 'http://a.example/\d' /* a comment ' */ ] // more`, []string{`url http://a.example/\d`}},
		{`[ipv4-addr:value = '192.0.2.7' OR ipv4-addr:value = '192.0.2.0/24' OR ipv6-addr:value IN ('2001:db8::1', '2001:db8::/32')]`,
			[]string{"ip 192.0.2.7", "cidr 192.0.2.0/24", "ip 2001:db8::1", "cidr 2001:db8::/32"}},
		{`[ipv4-addr:value = '203.0.113.33/32' OR ipv6-addr:value = '2001:db8::7/128']`, []string{"ip 203.0.113.33", "ip 2001:db8::7"}},
		{`[ipv4-addr:value ISSUBSET '198.51.100.0/24']`, []string{"cidr 198.51.100.0/24"}},
		{`[ipv4-addr:value NOT ISSUBSET '198.51.100.0/24' OR ipv4-addr:value ISSUPERSET '198.51.100.0/24']`, []string{"[ipv4-addr:value not]", "[ipv4-addr:value ISSUPERSET]"}},
		{`[domain-name:value ISSUBSET 'a.example']`, []string{"[domain-name:value ISSUBSET]"}},
		{`[domain-name:value != 'a.example' OR domain-name:value NOT = 'b.example' OR domain-name:value <> 'c.example' OR domain-name:value NOT IN ('d.example')]`,
			[]string{"[domain-name:value not]", "[domain-name:value not]", "[domain-name:value not]", "[domain-name:value not]"}},
		{`[url:value LIKE 'http://%.example/' OR url:value MATCHES'^http' OR file:name > 'a' OR EXISTS url:value]`,
			[]string{"[url:value LIKE]", "[url:value MATCHES]", "[file:name >]", "[url:value EXISTS]"}},
		{`[file:hashes.'SHA-256' = '` + sha256Hex + `' AND file:hashes.MD5 = '` + md5Hex + `' AND file:hashes.'SHA-1' = '` + sha1Hex + `']`,
			[]string{"sha256_hash " + sha256Hex, "md5_hash " + md5Hex, "sha1_hash " + sha1Hex}},
		{`[file:hashes.SHA256 = 'x' OR file:hashes.md5 = 'y' OR file:hashes.SHA-1 = 'z' OR file:hashes."SHA-512" = 'q']`, []string{"error: '\"' has no meaning at character 94"}},
		{`[file:hashes.SHA256 = 'x' OR file:hashes.md5 = 'y' OR file:hashes.SHA-1 = 'z' OR file:hashes.'SHA-512' = 'q' OR artifact:hashes.'SHA3-384' = 'r']`,
			[]string{"sha256_hash x", "md5_hash y", "sha1_hash z", "sha512_hash q", "sha3_384_hash r"}},
		{`[file:hashes.SSDEEP = 'x' OR x509-certificate:hashes.'SHA-1' = 'y' OR file:extensions.'windows-pebinary-ext'.imphash = 'z' OR file:extensions.'windows-pebinary-ext'.sections[*].hashes.MD5 = 'q']`,
			[]string{"[file:hashes.SSDEEP]", "[x509-certificate:hashes.SHA-1]", "[file:extensions.windows-pebinary-ext.imphash]", "[file:extensions.windows-pebinary-ext.sections.hashes.MD5]"}},
		{`[file:name = 'a.exe' AND file:hashes.MD5 = 'x']`, []string{"file_name a.exe?", "md5_hash x"}},
		{`[file:name = 'a.exe']`, []string{"file_name a.exe"}},
		{`[file:name = 'a.exe' AND file:size = 12]`, []string{"file_name a.exe?", "[file:size]"}},
		{`[file:hashes.MD5 = 'x' AND file:parent_directory_ref.path = 'C:\\Temp']`, []string{"md5_hash x?", "[file:parent_directory_ref.path]"}},
		{`[file:hashes.MD5 = 'x'] AND [file:hashes.'SHA-1' = 'y']`, []string{"md5_hash x?", "sha1_hash y?"}},
		{`[file:hashes.MD5 = 'x'] OR [file:hashes.'SHA-1' = 'y']`, []string{"md5_hash x", "sha1_hash y"}},
		{`[network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.value = '192.0.2.7']`, []string{"ip 192.0.2.7"}},
		{`[network-traffic:dst_ref.type='ipv4-addr' AND network-traffic:dst_ref.value='192.0.2.7' AND network-traffic:dst_port='443']`, []string{"ip 192.0.2.7 port 443"}},
		{`[(network-traffic:dst_ref.value = '192.0.2.7' OR network-traffic:dst_ref.value = '2001:db8::7') AND network-traffic:dst_port IN (80, 443)]`,
			[]string{"ip 192.0.2.7 port 80", "ip 192.0.2.7 port 443", "ip 2001:db8::7 port 80", "ip 2001:db8::7 port 443"}},
		{`[network-traffic:src_ref.value = '192.0.2.7' AND network-traffic:src_port = 443]`, []string{"ip 192.0.2.7 port 443"}},
		{`[network-traffic:src_ref.value = '192.0.2.7' AND network-traffic:src_port = 51515]`, []string{"ip 192.0.2.7"}},
		{`[network-traffic:dst_ref.value = 'panel.example' AND network-traffic:dst_port = 443]`, []string{"domain panel.example port 443"}},
		{`[network-traffic:dst_ref.value = '192.0.2.7' AND network-traffic:protocols[*] = 'tcp']`, []string{"ip 192.0.2.7", "[network-traffic:protocols]"}},
		{`[network-traffic:dst_ref.value ISSUBSET '2001:0db8:dead:beef:0000:0000:0000:0000/64']`, []string{"cidr 2001:0db8:dead:beef:0000:0000:0000:0000/64"}},
		{`[domain-name:value = 'www.example.com' AND domain-name:resolves_to_refs[*].value = '198.51.100.1/32']`, []string{"domain www.example.com?", "[domain-name:resolves_to_refs.value]"}},
		{`[email-message:sender_ref.value = 'a@example.org' AND email-message:subject = 'Hello']`, []string{"email a@example.org?", "[email-message:subject]"}},
		{`[email-message:from_ref.value = 'a@example.org' OR email-addr:value = 'b@example.org' OR email-message:to_refs[*].value = 'c@example.org']`,
			[]string{"email a@example.org", "email b@example.org", "[email-message:to_refs.value]"}},
		{`[ipv4-addr:value = '192.0.2.7' AND domain-name:value = 'a.example']`, []string{"ip 192.0.2.7?", "domain a.example?"}},
		{`[ipv4-addr:value = '192.0.2.7' AND ipv4-addr:value != '192.0.2.8']`, []string{"ip 192.0.2.7?", "[ipv4-addr:value not]"}},
		{`[ipv4-addr:value = '192.0.2.7'] REPEATS 5 TIMES WITHIN 1800 SECONDS`, []string{"ip 192.0.2.7"}},
		{`[ipv4-addr:value = '192.0.2.7'] FOLLOWEDBY [url:value = 'http://a.example/']`, []string{"ip 192.0.2.7?", "url http://a.example/?"}},
		{`[url:value = 'a'] OR [url:value = 'b'] AND [url:value = 'c']`, []string{"url a", "url b?", "url c?"}},
		{`[url:value = 'a' OR url:value = 'b' AND url:value = 'c']`, []string{"url a", "url b?", "url c?"}},
		{`[mutex:name = 'x' OR windows-registry-key:key = 'y' OR cryptocurrency-wallet:value = 'z' OR process:name = 'p']`,
			[]string{"[mutex:name]", "[windows-registry-key:key]", "[cryptocurrency-wallet:value]", "[process:name]"}},
		{`[ipv4-addr:value IN ()]`, nil},
	} {
		if diff := cmp.Diff(c.want, valuesOf(t, c.text)); diff != "" {
			t.Errorf("%s: %s", c.text, diff)
		}
	}
}

// TestPatternGrammar has patterns that the standard allows and forbids, after
// those that its authors test.
func TestPatternGrammar(t *testing.T) {
	for _, text := range []string{
		`[file:size = 1280]`, `[file:size <= -1.5]`, `[a:b = true]`, `[a_b:c.'d e'[0].f[*] IN ('x', 1, false)]`,
		`[a:b == t'2018-03-22T12:11:14.1Z']`, `[a:b = b'dGVzdA==']`, `[a:b = h'ffd8']`,
		`( [(network-traffic:dst_port IN(443,6443,8443) AND network-traffic:src_packets != 0) ])`,
		`([a:b = 'x'] REPEATS 2 TIMES) REPEATS 2 TIMES`, `([a:b = 'x']) WITHIN 5 SECONDS`,
		`[a:b = 1 AND c:d = 'root'] START t'2016-06-01T01:30:00.123Z' STOP t'2016-06-01T02:20:00.123Z' OR [e:f = 'x'] START '2016-06-01T03:55:00Z' STOP '2016-06-01T04:30:24Z'`,
		`([a:b = 'x'] AND [c-d:e = 'y']) OR [f:g = 'z']`, `[a:b = 'x'] FOLLOWEDBY [a:b MATCHES'^.+$'] WITHIN 300.5 SECONDS`,
	} {
		if _, err := parsePattern(text, 1); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
	for text, want := range map[string]string{
		``:                                          `the end stands where [ should be at character 1`,
		`file:size = 1280`:                          `"file" stands where [ should be`,
		`[file:size = ]`:                            `"]" stands where a value should be at character 14`,
		`[file:hashes.MD5 = cead]`:                  `"cead" stands where a value should be`,
		`[file.size = 1280]`:                        `"." stands where : should be`,
		`[file:name MATCHES /.*/]`:                  `'/' has no meaning at character 20`,
		`[a:b = 'x'] /* and`:                        `nothing ends the comment`,
		`[a:b = 'x'] WITHIN ]`:                      `"]" stands where a number should be`,
		`[a:b = 'x'] WITHIN 5 HOURS`:                `"HOURS" stands where SECONDS should be`,
		`[a:b = 'x'] WITHIN -5 SECONDS`:             `"-5" stands where a number should be`,
		`[a:b = 'x'] REPEATS 1.5 TIMES`:             `"1.5" stands where a number should be`,
		`[a:b = 'x'] START t'2016-06-01T01:30:00Z'`: `the end stands where STOP should be`,
		`[a:b ISSUBSET ]`:                           `"]" stands where a string should be`,
		`[a:b =? 'x']`:                              `'?' has no meaning at character 7`,
		`[a:b == t'2457-73-22T32:81:84.1Z']`:        `there is no time`,
		`[a:b = b'====']`:                           `there is no base64`,
		`[a:b = h'f']`:                              `there are no hexadecimal digits`,
		`[a:b=1] within 2 seconds`:                  `"within" stands where the end should be`,
		`[a:b=1] WITHIN 5 SECONDS WITHIN 6 SECONDS`: `WITHIN stands there twice`,
		`[a:b = 'x`:                                 `nothing ends the string that begins at character 8`,
		`[a:b = 'x\']`:                              `nothing ends the string`,
		`[a:b = 'x' c:d = 'y']`:                     `"c" stands where ] should be`,
		`[a:b[1.5] = 'x']`:                          `"1.5" stands where an index should be`,
		`[a: = 'x']`:                                `"=" stands where a key should be`,
		`[a:b 'x']`:                                 `"x" stands where an operator should be`,
		`[a:b = 'x'`:                                `the end stands where ] should be`,
		`[a:b = 'x') `:                              `")" stands where ] should be`,
		`[]`:                                        `"]" stands where the type of an object should be`,
		strings.Repeat("(", 100_000):                `parentheses are nested too deep`,
		"[" + strings.Repeat("(", 100_000):          `parentheses are nested too deep`,
		`[a:b = 'x'] ` + strings.Repeat("AND [a:b='x']", 10): "",
	} {
		_, err := parsePattern(text, 1)
		switch {
		case want == "" && err == nil:
		case err == nil || !strings.Contains(err.Error(), want):
			t.Errorf("%.80s: %v, want %s", text, err, want)
		}
	}
}

// FuzzPattern: no pattern is too much, and what is read names values of it.
func FuzzPattern(f *testing.F) {
	f.Add(`[(network-traffic:dst_ref.value = '192.0.2.7' OR a:b.'c d'[*] NOT IN ('x', 1)) AND network-traffic:dst_port IN (80, 443)] REPEATS 2 TIMES`)
	f.Add(`[file:hashes.'SHA-256' = 'x\'\\' AND file:name = 'y'] AND ([url:value = t'2018-03-22T12:11:14.1Z'] OR [EXISTS a:b]) START '1' STOP '2'`)
	f.Fuzz(func(t *testing.T, text string) {
		p, err := parsePattern(text, 1)
		if err != nil {
			return
		}
		for _, r := range pattern.Results(p.node) {
			plain := strings.NewReplacer(`\'`, `'`, `\\`, `\`).Replace(text)
			if !strings.Contains(plain, r.Value) && !strings.Contains(text, r.Value) && r.Type != "ip" {
				t.Errorf("%q is not in %q", r.Value, text)
			}
		}
	})
}
