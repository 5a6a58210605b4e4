package prose

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestFileNames: where names of files are IOCs, where mentions, and where nothing:
// the same in items, lines and cells.
func TestFileNames(t *testing.T) {
	for _, c := range []struct {
		name string
		text string
		want []string
	}{
		{"items among IOCs", lines("## Indicators of Compromise", "- loader.dll", `- C:\Windows\Temp\x.exe`, "- `stage.ps1` (second stage)", "- Dropper: other.exe", "- clean.dll (benign)", "- We saw more.dll there", "- 192.0.2.1"), []string{
			"2 file_name loader.dll", "3 file_name x.exe", "4 file_name stage.ps1", "5 file_name other.exe", "8 ip 192.0.2.1", `6 (file_name clean.dll) said to be no IOC: "benign"`, `7 (file_name more.dll) list below "Indicators of Compromise"`, "3 path-as-name"}},
		{"words of items among IOCs", lines("## Indicators", "- a.exe, b.exe", "- Dropped file: c.exe", "- C2 config: d.json", "- The dropper e.exe writes f.dll", `- rundll32.exe C:\x\g.dll,Start`, "- h.exe asks i[.]example/j.exe", "- Scripts of the loader", "", "They drop k.exe."), []string{
			"7 url i.example/j.exe", `2 (file_name a.exe) list below "Indicators"`, `2 (file_name b.exe) list below "Indicators"`, `3 (file_name c.exe) list below "Indicators"`, `4 (file_name d.json) list below "Indicators"`,
			`5 (file_name e.exe) list below "Indicators"`, `5 (file_name f.dll) list below "Indicators"`, `6 (file_name rundll32.exe) list below "Indicators"`, `6 (file_name g.dll) list below "Indicators"`, `7 (file_name h.exe) list below "Indicators"`, `10 (file_name k.exe) running text below "Indicators"`, "8 not-an-ioc", "7 no-scheme"}},
		{"words of lines among IOCs", lines("## Indicators", "The loader drops a.dll and b.exe.", "Then 192[.]0[.]2[.]1 serves c.ps1.", `C:\x\d.exe is started.`, "```", "e.exe writes f.dll", "```", "# Otter", "It drops g.exe."), []string{
			"3 ip 192.0.2.1", `2 (file_name a.dll) running text below "Indicators"`, `2 (file_name b.exe) running text below "Indicators"`, `3 (file_name c.ps1) running text below "Indicators"`, `4 (file_name d.exe) running text below "Indicators"`,
			`6 (file_name e.exe) block of code below "Indicators"`, `6 (file_name f.dll) block of code below "Indicators"`}},
		{"names with spaces among IOCs", lines("## Indicators", "- Payment Advice.exe", "Purchase Order 2026.exe", "- Invoice 2026.pdf.exe (first stage)", `- C:\Users\Public\Update Service.exe`, `- %TEMP%\a1 b1.exe`, "- File: Payment Slip.exe", "- AWS IAM Quick Start.rdp", "- New Order.zip", "- Notice of Payment.exe", "- 192.0.2.1"), []string{
			"5 file_name Update Service.exe", "6 file_name a1 b1.exe", "11 ip 192.0.2.1",
			`2 (file_name Payment Advice.exe) list below "Indicators": it may be words and a name`, `3 (file_name Purchase Order 2026.exe) running text below "Indicators": it may be words and a name`,
			`4 (file_name Invoice 2026.pdf.exe) list below "Indicators": it may be words and a name`, `7 (file_name Payment Slip.exe) list below "Indicators": it may be words and a name`,
			`8 (file_name AWS IAM Quick Start.rdp) list below "Indicators": it may be words and a name`, `9 (file_name New Order.zip) list below "Indicators": it may be words and a name`,
			`10 (file_name Notice of Payment.exe) list below "Indicators": it may be words and a name`,
			"2 maybe-file", "3 maybe-file", "4 maybe-file", "7 maybe-file", "8 maybe-file", "9 maybe-file", "10 maybe-file", "5 path-as-name"}},
		{"words and a name among IOCs", lines("## Indicators", "- Drops payload.exe", "- Loader lantern.exe", "- the file a.dll", `- C:\x\b.exe writes c.dll`, `- C:\x\the d.exe`, `- C:\Windows\System32\cmd.exe /c e.exe`), []string{
			`2 (file_name payload.exe) list below "Indicators"`, `3 (file_name lantern.exe) list below "Indicators"`, `4 (file_name a.dll) list below "Indicators"`, `5 (file_name b.exe) list below "Indicators"`, `5 (file_name c.dll) list below "Indicators"`,
			`6 (file_name the d.exe) list below "Indicators": it may be words and a name`, `7 (file_name cmd.exe) list below "Indicators"`, `7 (file_name e.exe) list below "Indicators"`, "6 maybe-file", "6 path-as-name"}},
		{"names that networks have, too", lines("## Indicators", "- setup.zip", "run.py", `- C:\x\a.sh`, "- README.md (note)", "- 192.0.2.1", "", "| Type | Value |", "|---|---|", "| File name | b.zip |", "| File name | c d.exe |", "| Indicator | e f.exe |", "| IP | 192.0.2.2 |"), []string{
			"4 file_name a.sh", "6 ip 192.0.2.1", "10 file_name b.zip", "11 file_name c d.exe", "13 ip 192.0.2.2",
			`2 (file_name setup.zip) list below "Indicators": it may be a name of the network, which would be written with [.]`, `3 (file_name run.py) running text below "Indicators": it may be a name of the network, which would be written with [.]`, `5 (file_name README.md) list below "Indicators": it may be a name of the network, which would be written with [.]`,
			`12 (file_name e f.exe) column "Value": it may be words and a name`, "2 maybe-file", "3 maybe-file", "5 maybe-file", "12 maybe-file", "4 path-as-name"}},
		{"lines among IOCs", lines("Indicators of Compromise", "loader.dll", `%TEMP%\x.exe`, "192.0.2.1"), []string{"2 file_name loader.dll", "3 file_name x.exe", "4 ip 192.0.2.1", "3 path-as-name"}},
		{"cells of values", lines("## Indicators", "| Type | Value |", "|---|---|", "| file name | loader.dll |", `| file | C:\a b\x.exe |`, "| domain | y.dll |", "| ip | 192.0.2.1 |"), []string{
			"4 file_name loader.dll", "5 file_name x.exe", "7 ip 192.0.2.1", `6 (file_name y.dll) a name of a file, which the row calls "domain"`, "5 path-as-name"}},
		{"lines around a hash or behind a URL", lines("Indicators of Compromise", "a.dll", md5Hex, "MD5: "+md5Hex[1:]+"f", "b.dll", "", "192.0.2.1", "hxxp://c[.]example/long/path/", "d.exe", "192.0.2.2", "e.exe"), []string{
			"3 md5_hash " + md5Hex, "4 md5_hash " + md5Hex[1:] + "f", "7 ip 192.0.2.1", "8 url http://c.example/long/path/", "10 ip 192.0.2.2", "11 file_name e.exe",
			"2 (file_name a.dll) a name of a file beside a hash", "5 (file_name b.dll) a name of a file beside a hash", "9 (file_name d.exe) the URL at the end of the line before may go on in it"}},
		{"lines below a block of hashes", lines("# Otter: IOCs", "```", md5Hex, "```", "### Files", "```", "a.dll", "```", "### File names", "b.dll", sha1Hex), []string{
			"3 md5_hash " + md5Hex, "7 file_name a.dll", "10 file_name b.dll", "11 sha1_hash " + sha1Hex}},
		{"beside a hash, as on the network", lines(md5Hex+"  payload.cab", sha1Hex+" (update.zip)"), []string{
			"1 md5_hash " + md5Hex, "2 sha1_hash " + sha1Hex, "1 (file_name payload.cab) a name of a file beside a hash", "2 (file_name update.zip) a name of a file beside a hash"}},
		{"beside a hash", lines("## Files", "- invoice_2026.iso  "+md5Hex, "- "+sha1Hex+" (a.exe, b.exe)", "- "+md5Hex[1:]+"f—d.exe", `C:\x\c.dll `+sha256Hex), []string{
			"2 md5_hash " + md5Hex, "3 sha1_hash " + sha1Hex, "4 md5_hash " + md5Hex[1:] + "f", "5 sha256_hash " + sha256Hex,
			"2 (file_name invoice_2026.iso) a name of a file beside a hash", "3 (file_name a.exe) a name of a file beside a hash", "3 (file_name b.exe) a name of a file beside a hash", "4 (file_name d.exe) a name of a file beside a hash", "5 (file_name c.dll) a name of a file beside a hash"}},
		{"rows with a verdict", lines("## IOCs", "| MD5 | Filename | Verdict |", "|---|---|---|", "| "+md5Hex+" | x.exe | Clean |", "| - | y.exe | Malicious |", "| - | z.exe | Legitimate |"), []string{
			"5 file_name y.exe", "4 (md5_hash " + md5Hex + `) said to be no IOC: "Clean"`, `4 (file_name x.exe) said to be no IOC: "Clean"`, `6 (file_name z.exe) said to be no IOC: "Legitimate"`}},
		{"titles of another table among rows", lines("SHA256\tFilename", sha256Hex+"\tx.exe", "Type\tIndicator\tDescription", "Domain\tb.example\tC2", "IP\t192.0.2.1\tC2"), []string{
			"2 sha256_hash " + sha256Hex, "4 domain b.example", "5 ip 192.0.2.1", `2 (file_name x.exe) the name of the file with the hash "` + sha256Hex + `"`}},
		{"titles of another table of Markdown among rows", lines("# Indicators of Compromise", "| SHA256 | Filename |", "|---|---|", "| "+sha256Hex+" | x.exe |", "| Type | Indicator | Port |", "|---|---|---|", "| IP | 192.0.2.1 | 443 |", "| Domain | | C2 |", "| IP | 192.0.2.2 | 80 |"), []string{
			"4 sha256_hash " + sha256Hex, "7 ip:port 192.0.2.1:443", "9 ip:port 192.0.2.2:80", `4 (file_name x.exe) the name of the file with the hash "` + sha256Hex + `"`}},
		{"a row that names its group", lines("## IOCs", "| Value | Port |", "|---|---|", "| Domains | IP |", "| 192.0.2.1 | 443 |"), []string{"5 ip:port 192.0.2.1:443"}},
		{"what is no name in a column of names", lines("## IOCs", "| File | Description |", "|---|---|", "| x.exe | a |", "| Indicator | b |", "| b.example | c |", "| cmd.exe /c foo | d |", "| /tmp/run | e |", "| update.zip | f |"), []string{
			"4 file_name x.exe", "6 domain b.example", "8 file_name run", "9 file_name update.zip",
			"5 (file_name Indicator) a word in a column of names of files, without the end of one", "7 bad-value", "8 path-as-name"}},
		{"names that a heading says are listed", lines("# Otter: IOCs", "## File names", "| MD5 | Filename |", "|---|---|", "| "+md5Hex+" | x.exe |"), []string{"5 md5_hash " + md5Hex, "5 file_name x.exe"}},
		{"behind a label, outside of IOCs", lines("Family: Otter", "C2: evil1[.]example", "Filename: b.exe", "Dropper: a.exe", "File Name: c d.exe", `Path: C:\x\e.exe`, "Author: f.exe", "Note: the file g.exe"), []string{
			"2 domain evil1.example | botnet_cc", "3 (file_name b.exe) running text", "4 (file_name a.exe) running text", "5 (file_name c d.exe) running text", "6 (file_name e.exe) running text", "6 path-as-name"}},
		{"paths outside of IOCs", lines("Otter", "C2", "evil1[.]example", "Files", "a.exe", `C:\x\b.exe`, `- %TEMP%\c.dll`, `It drops C:\x\d.exe`), []string{"3 domain evil1.example", "6 (file_name b.exe) running text", "7 (file_name c.dll) list", "6 path-as-name"}},
		{"behind a label beside a hash", lines("Family: Otter", "Filename: b.exe", "SHA256: "+sha256Hex), []string{"3 sha256_hash " + sha256Hex, "2 (file_name b.exe) running text"}},
		{"elsewhere in a document about IOCs", lines("# Otter", "## Tools", "- a.exe", `- C:\x\b c.exe`, "d.dll", "- The tool e.exe", "Text of f.exe", "## Files created", "- g.exe", "- /tmp/x/run.sh", "## References", "- h.exe", "## Indicators", "- evil1[.]example"), []string{
			"9 file_name g.exe", "10 file_name run.sh", "14 domain evil1.example", `3 (file_name a.exe) list below "Tools"`, `4 (file_name b c.exe) list below "Tools"`, `5 (file_name d.dll) running text below "Tools"`, "4 path-as-name"}},
		{"behind a label where nothing is on", lines("Minutes", "", "File: a.exe", "", "See b.example for more."), []string{`5 (domain b.example) running text`}},
		{"rows that call their value the name of a file", lines("# Otter", "## IOCs", "Indicator\tType\tNote", "b[.]example\tDomain\tC2", "Start of it all.exe\tFile name\tdropper", "update.zip\tFilename\t", "x y\tFile name\t", "c d.exe\tTool\t"), []string{
			"4 domain b.example", "5 file_name Start of it all.exe", "6 file_name update.zip", "7 file_name x y", `8 (file_name c d.exe) column "Indicator": it may be words and a name`, "8 maybe-file"}},
		{"below a heading that other documents have", lines("# Otter", "## Files", "- loader.dll", "- 192.0.2.1"), []string{"4 ip 192.0.2.1", `3 (file_name loader.dll) list below "Files"`}},
		{"elsewhere", lines("# Otter", "- loader.exe", "- 192.0.2.1"), []string{"3 ip 192.0.2.1"}},
		{"keys of the registry and networks", lines("## Indicators", `- HKLM\Software\Otter\Run`, `- HKCU\Software\Otter\x.exe`, "- AS64496", "- 192.0.2.1"), []string{"5 ip 192.0.2.1", "2 not-an-ioc", "4 not-an-ioc"}},
	} {
		b, err := collect(t, c.text)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, described(b)); diff != "" {
			t.Error(c.name, diff)
		}
	}
}

// TestManyNames: the names beside one hash are bounded.
func TestManyNames(t *testing.T) {
	b, err := collect(t, "## Indicators\n- "+md5Hex+" ("+strings.Repeat("a.exe, ", 1000)+")\n")
	if err != nil || len(b.Mentions) != maxBeside {
		t.Errorf("%v, %d", err, len(b.Mentions))
	}
	b, err = collect(t, "## Indicators\n- "+strings.Repeat("a.exe, ", 1000)+"\n")
	if err != nil || len(b.Mentions) != maxInBlock {
		t.Errorf("%v, %d", err, len(b.Mentions))
	}
}

// TestNumero: a name of a file is written with the word before its number.
func TestNumero(t *testing.T) {
	for text, want := range map[string]string{
		md5Hex + "    Приказ №12.docx":         "Приказ №12.docx",
		md5Hex + " Приказ № 12.docx":           "Приказ № 12.docx",
		md5Hex + " №12.docx":                   "№12.docx",
		md5Hex + " (№12.docx)":                 "№12.docx",
		md5Hex + " a.exe, №12.docx":            "№12.docx",
		"It opens: №12.docx now":               "№12.docx",
		md5Hex + " order 12.docx":              "12.docx",
		"The loader opens Приказ №12.docx now": "Приказ №12.docx",
	} {
		got := decided(t, lines("## IOCs", "", "- 192.0.2.1", "", text))
		if got[len(got)-1] != "  "+want {
			t.Errorf("%s: %q", text, got)
		}
	}
	if got := decided(t, lines("## IOCs", "", "№1 a.example", "№ 2 b.example")); got[0] != "* a.example" || got[1] != "* b.example" {
		t.Errorf("%q", got)
	}
}
