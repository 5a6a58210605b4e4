package prose

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	tables "quarry/feed/table"
)

// TestPortWords: what a port is called in other languages keeps it as a tag or tells of it,
// behind an address and before it, and no word that only ends so does.
func TestPortWords(t *testing.T) {
	for said, want := range map[string][]string{
		", puerto 443": {"port 443", "port-as-tag"}, " (puerto 443)": {"port 443", "port-as-tag"}, ", porta 443": {"port 443", "port-as-tag"}, ", порт 443": {"port 443", "port-as-tag"}, " порт: 443": {"port 443", "port-as-tag"},
		" ポート 443": {"port 443", "port-as-tag"}, " 端口 443": {"port 443", "port-as-tag"}, " 端口443": {"port 443", "port-as-tag"}, " 端口：443": {"port 443", "port-as-tag"}, "（端口：443）": {"port 443", "port-as-tag"}, " 443端口": {"port 443", "port-as-tag"}, " 포트 443": {"port 443", "port-as-tag"},
		" poort 443": {"port 443", "port-as-tag"}, " Portnummer 443": {"port 443", "port-as-tag"}, ", port number 443": {"port 443", "port-as-tag"}, " (PORT 443)": {"port 443", "port-as-tag"},
		" - servidor C2 en el puerto 8443": {"port-left-out"}, " - на порту 443": {"port-left-out"}, " - C2サーバ、ポート番号443": {"port-left-out"}, " - 443番ポート": {"port 443", "port-as-tag"}, " (C2, numéro de port 443)": {"port-left-out"}, " - C&C 서버, 443번 포트": {"port-left-out"},
		" - экспорт 443 записей": nil, " - transport 443 fois": nil, " - report 443": nil, " - airport 443": nil, " - портфель 443": nil, " - rapport 443": nil, " - порту 99999": {"port-left-out"}, " - 端口扫描": nil, " - podporu 443": nil,
	} {
		b, err := collect(t, lines("## Indicators", "", "- 192[.]0[.]2[.]1"+said, "- a[.]example"))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, i := range b.IOCs {
			got = append(got, i.Tags...)
		}
		for _, f := range b.Findings {
			if f.Code != "from-prose" {
				got = append(got, f.Code)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", said, diff)
		}
	}
	for _, before := range []string{"Puerto 443: ", "порт 443 - ", "端口 443：", "443端口: "} {
		text := lines("## Indicators", "", "- "+before+"192[.]0[.]2[.]1")
		if f := findingOf(t, text, "port-left-out"); (f == "") != strings.HasPrefix(before, "443") {
			t.Errorf("%q: %q", before, f)
		}
	}
}

// TestPortTitles: a column with such a title is one of ports.
func TestPortTitles(t *testing.T) {
	for _, w := range tables.PortWords() {
		if r, _ := roleOf(w); r != portRole {
			t.Errorf("%s: %q", w, r)
		}
		if strings.ToLower(w) != w {
			t.Errorf("%s: the words are compared in lower case", w)
		}
	}
	text := lines("## Indicators", "", "| IP | Puerto |", "|---|---|", "| 192[.]0[.]2[.]1 | 8443 |")
	b, err := collect(t, text)
	if err != nil || !slices.ContainsFunc(described(b), func(s string) bool { return s == "5 ip:port 192.0.2.1:8443" }) {
		t.Error(fmt.Sprint(described(b), err))
	}
}
