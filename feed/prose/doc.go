// Package prose reads IOCs from running text: plain text, Markdown, AsciiDoc and
// HTML, and what an analyst pastes.
//
// What looks like an indicator is found by package scan. Whether it is an IOC
// or a mention, the context says. It is an IOC where
//
//   - an item of a list, a cell of a table, or one of several lines consists of
//     it, perhaps with a label before or a comment behind it;
//   - it stands below a heading such as "Indicators of Compromise", "Hashes" or
//     "C2 servers". Headings that other documents have too ("Network", "Files")
//     count in full only in a document about IOCs. In a sentence there only
//     hashes and addresses are IOCs: a name, a URL or a mail address in one may be
//     that of a victim or of who wrote it, so one is where it begins the line;
//   - it is defanged.
//
// It is a mention in all other text, below headings such as "References",
// "False positives" or "Affected hosts", of other languages too, in a detection rule, in the navigation of a page, as the
// target of a link that shows another text, as an address of the page's own
// site, as a link to a site of analyses, defanged or not, behind a label such as "Source:", in a sentence that leads to more
// to read ("see https://..."), in text that a page does not show, and where its
// row, its label, the sentence right beside it or the comment behind it says that
// it is none. A comment says so where its first clause consists of such words
// ("sinkholed", "benign") and no clause says that it does harm; one that only holds such
// a word, or of which another clause says so, is told of (maybe-benign).
// What a label says to be of those who were attacked, ask or registered ("Recipient:", "Our
// IP:", "Registrar:"; of "To:" mail addresses alone) is a mention however it is written, and
// what is plain and no hash below "Recommendations" or the like is one; a finding (set-aside) counts them.
// A hash or URL is a mention, too, where an ellipsis or a name in angle brackets says
// that it is not written in full.
// Each mention keeps the reason, and a finding (from-prose) counts how the IOCs were decided. The words are in words.yaml.
//
// In a table with titles a value is an IOC in columns whose title says that it has
// them, or that have none. Titles mean what they do in package table, and what
// words.yaml adds. Below another a value is an IOC only where it is defanged, and not
// even then where the title says that it is none to hunt for ("Victim", "Registrar");
// a finding names the column (unread-column, column-left). Links are IOCs only among
// IOCs, where their row has no value but hashes (maybe-reference), and sites where it has none.
//
// A heading may have a number, and what a number deeper below "Victims" lists are victims.
// A letter ends with "Kind regards" or the like: behind that, plain names are mentions, as
// they are where most IOCs are defanged and they stand alone outside of headings about
// IOCs; a finding (not-defanged) counts them.
//
// Names of files follow one rule in items, lines and cells. What is nothing but
// the name or path of a file is an IOC below a heading about IOCs or about names
// of files, and in a column of names. Beside a hash, in its row, its line or the
// line above or below, it is the name of that file, of which it says nothing alone, so it is a mention, unless
// the heading says that names are listed ("File names"); and so is one in a list
// below a heading that other documents have too, and one among other words of an item
// or a line below a heading about IOCs. A path is read as the name at its
// end, which is what a hunt compares. Of words with spaces of which the last ends like a file the whole is a
// mention, on a path an IOC; and a name that ends as names on the network do is a mention (maybe-file). Outside of
// all this a name is a mention behind a label that says so, on a path, or alone in a document about IOCs.
//
// Text of a mail that was pasted in quoted-printable without its header is not decoded: what
// the encoding touches are mentions, and a finding says so (mail-encoded).
//
// Hashes that are none of files (import hashes, JA3, certificates, commits) are left
// out and counted, as are what a label calls a key or an identifier, mutexes,
// registry keys, rules, CVE numbers and values as long as a SHA-384, unless they are called
// SHA3-384. Where such a kind has one length, as import hashes
// and JA3 have, only hashes of that length are left out.
//
// Headings are also read as Jira ("h2. Title") and MediaWiki ("==Title==") write them, and
// Jira's {code}, {noformat} and {{ }} are no part of what they are around.
//
// Markdown is that of CommonMark as far as headings, lists, fences and links
// go, with the tables of GitHub; AsciiDoc as ESET writes it in its collection of
// indicators (github.com/eset/malware-ioc): headings, lists, listing blocks and
// tables. Rows whose cells tabs part are those of a table copied from a page.
// HTML is read as its tokens come, without building the page. A URL that was
// broken at the end of a line is put together where RFC 3986, appendix C, or
// the sign it breaks off at leaves no doubt, and a finding says so. A name is not: what
// may be a part of one that breaks at a hyphen or dot is a mention (may-be-wrapped).
//
// What stands among indicators or is defanged and cannot be read is told of, as
// are values that may not be what they look like: addresses behind the name of
// software, lines that may be parts of one hash, URLs that end with a word behind a
// comma or may go on behind a space. Ports that stand apart from an address or a
// name, in its line or in a remark of its row, are its tags; numbers beside it or on the line
// below that may be something else are told of. Backslashes, entities and emphasis that converters to Markdown put into
// values are undone outside of code.
//
// Text has no end that can be checked: of a document that was cut, the last
// value may lack its end. Only for HTML, where a tag follows every text, is a
// value at the very end left out.
package prose
