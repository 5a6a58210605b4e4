// Package mail reads saved mails (RFC 5322, MIME as in RFC 2045 to 2049) and
// mailboxes of them: it decodes what readers of text would take encoded.
//
// A mail is known by its header, three lines of which at least are such as
// "From:" or "Content-Type:". Its text and all attachments are read as documents
// are, whatever their format. Of several forms of one text the plain one is read,
// and another where nothing is on in it; what only another form holds becomes
// mentions, and a finding counts it. A mail in a mail is read, too. What is
// encoded in a way that is not known, damaged or no text, attachments above all, a
// finding names.
//
// What stands in the header is a mention, and a finding counts what only a subject
// writes as an IOC. A body that says it is quoted-printable and that no encoder wrote
// is read as it stands, with a finding. Lines are those of the file, also for
// text that stands encoded there. Bytes beyond ASCII in a mail that is not encoded
// are read as UTF-8, whatever charset the mail states: what reads the file has
// replaced others by then, and has told so.
package mail
