package prose

// tally counts something that one finding is about.
type tally struct {
	what string
	n    int
	line int // of the first
}

func (t *tally) add(line int) {
	if t.n++; t.n == 1 {
		t.line = line
	}
}

// say counts as [tally.add] does and keeps the words of the first.
func (t *tally) say(what string, line int) {
	if t.add(line); t.n == 1 {
		t.what = what
	}
}

// notIOC counts what is no IOC for Quarry.
func (d *document) notIOC(what string, line int) {
	if what == "" {
		return
	}
	for n := range d.alien {
		if d.alien[n].what == what {
			d.alien[n].add(line)
			return
		}
	}
	t := tally{what: what}
	t.add(line)
	d.alien = append(d.alien, t)
}
