package mail

import (
	"bytes"
	"strings"

	"quarry/feed"
)

// Reader reads mails. What they hold it gives to the readers of Parts.
type Reader struct{ Parts *feed.Registry }

var _ feed.Reader = Reader{}

// Name is "mail".
func (Reader) Name() string { return "mail" }

// sureOfMail is how sure the reader is of a header of a mail: its body may be what
// another reader is sure of.
const sureOfMail feed.Sureness = 99

// Sure says 99 of what begins with the header of a mail.
func (Reader) Sure(head []byte) feed.Sureness {
	_, text, line := envelope(string(head), 1)
	if e, closed := takeEntity(text, line); closed && e.header.ofMail() {
		return sureOfMail
	}
	return 0
}

// Read reads a mail or a mailbox. That of one in which nothing looks like an IOC is
// an [*feed.InputError].
func (r Reader) Read(in *feed.Input, out feed.Sink) error {
	text, err := in.Text()
	if err != nil {
		return err
	}
	w := &walk{name: in.Name, lines: 1 + bytes.Count(text, []byte("\n")), readers: r.Parts, out: out}
	rest, line := string(text), 1
	for rest != "" {
		var mail string
		begin := line
		mail, rest, line = firstMail(rest, line)
		if err := w.mail(mail, begin, 0); err != nil {
			return err
		}
	}
	return w.end()
}

// separator begins each mail of a mailbox (RFC 4155).
const separator = "From "

// envelope takes the line that parts mails in a mailbox, and empty ones, off the
// beginning of a text.
func envelope(text string, line int) (found bool, rest string, at int) {
	for {
		l, rest, more := strings.Cut(text, "\n")
		switch {
		case more && strings.Trim(l, " \t") == "":
		case more && !found && strings.HasPrefix(l, separator):
			found = true
		default:
			return found, text, line
		}
		text, line = rest, line+1
	}
}

// firstMail cuts the first mail off a mailbox, or is all of what is none.
func firstMail(text string, line int) (mail, rest string, next int) {
	if mailbox, _, _ := envelope(text, line); !mailbox {
		return text, "", line
	}
	for at := 0; ; {
		n := strings.Index(text[at:], "\n\n"+separator)
		if n < 0 {
			return text, "", line
		}
		at += n + len("\n\n")
		_, head, _ := envelope(text[at:], 1)
		if e, closed := takeEntity(head[:min(len(head), feed.HeadSize)], 1); closed && e.header.ofMail() {
			return text[:at], text[at:], line + strings.Count(text[:at], "\n")
		}
	}
}
