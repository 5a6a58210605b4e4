package prose

import (
	"fmt"
	"strings"
)

// summary says how it was decided what is an IOC.
func (d *document) summary() string {
	var parts []string
	for _, p := range []struct {
		why  why
		text string
	}{{inList, "stand in lists or tables"}, {belowHeading, "stand below a heading about IOCs"}, {isDefanged, "are defanged"}} {
		if n := d.counts[p.why]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d because they %s", n, p.text))
		}
	}
	ordinary := ""
	if d.ordinary {
		ordinary = "; nothing says that it is about threats, so names and URLs are IOCs only in a column or below a heading that says so"
	}
	if len(parts) == 0 && d.ordinary {
		return fmt.Sprintf("nothing stands below a heading about IOCs, nothing is defanged and nothing says that this is about threats, so all that looks like an IOC is a mention (%d); switch on what you want to hunt", d.counts[mention])
	}
	if len(parts) == 0 && d.unseen.n > 0 {
		return fmt.Sprintf("nothing that the page shows stands in a list, a table or below a heading about IOCs, and nothing shown is defanged, so all that looks like an IOC is a mention (%d); switch on what you want to hunt", d.counts[mention])
	}
	if len(parts) == 0 {
		return fmt.Sprintf("nothing stands in a list, a table or below a heading about IOCs, and nothing is defanged, so all that looks like an IOC is a mention (%d); switch on what you want to hunt", d.counts[mention])
	}
	s := "this is text, so its context says what is an IOC: " + strings.Join(parts, ", ")
	if n := d.counts[mention]; n > 0 {
		s += fmt.Sprintf("; mentions: %d", n)
	}
	return s + ordinary
}
