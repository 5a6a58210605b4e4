package cli

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/charmbracelet/colorprofile"

	"quarry/exclusions/warnings"
	"quarry/feed"
	"quarry/kql"
	"quarry/review"
	"quarry/ui"
	"quarry/ui/clip"
)

// setting is one thing that an analyst can set. The list of all settings is the
// one source of the file that quarry config prints, of docs/configuration.md, and
// of what is read.
type setting struct {
	name    string // its place in the file, behind its group and a dot if it has one
	initial string // by default, as it is written in the file
	flag    string // that stands over all else, or ""
	means   string // what can be written; for a few words the words themselves
	choices []string
	yesNo   bool
	doc     string // what it is for, a sentence

	// One of these takes what was written.
	take  func(c *config, v string) error
	list  func(c *config, v []string) error
	entry func(c *config, name string, v []string) error // one line of a mapping
}

// variable is the environment variable of a setting, or "" for a mapping, which
// would not fit in one.
func (s *setting) variable() string {
	if s.entry != nil {
		return ""
	}
	return "QUARRY_" + strings.ToUpper(strings.ReplaceAll(s.name, ".", "_"))
}

// settings lists all settings, in the order of the file.
func settings() []setting {
	return slices.Concat(reviewSettings(), huntSettings(), screenSettings(), warningSettings(), keySettings(), serveSettings())
}

func reviewSettings() []setting {
	return []setting{
		{name: "reviewer", means: "a name", doc: "Who decides, in the history and in what is exported; empty is the name of your account.",
			take: func(c *config, v string) error { c.reviewer = v; return nil }},
		{name: "documents", initial: "[]", means: "files and folders", doc: "What quarry opens when no file is named; none is the built-in sample.",
			list: func(c *config, v []string) error {
				c.documents = nil
				for _, path := range v {
					c.documents = append(c.documents, ui.Home(path))
				}
				return nil
			}},
		{name: "exports", means: "a folder", doc: "Where the workbench proposes to write exports; empty is the folder that it is started in.",
			take: func(c *config, v string) error { c.exports = ui.Home(v); return nil }},
	}
}

func huntSettings() []setting {
	return []setting{
		choice("target", string(kql.Sentinel), "target", []string{"sentinel", "defender"}, "Where the hunts run.",
			func(c *config, v string) (err error) { c.begin.Target, err = kql.ParseTarget(v); return }),
		{name: "lookback", initial: kql.FormatLookback(kql.DefaultLookback), flag: "lookback", means: "7d, 36h or 90m", doc: "How far back the hunts look.",
			take: func(c *config, v string) (err error) { c.begin.Lookback, err = kql.ParseLookback(v); return }},
		choice("match", kql.SubdomainMatch.String(), "match", []string{"exact", "subdomain", "loose"}, "Whether domains match alone, with the names below them, or loosely, which finds other names too.",
			func(c *config, v string) (err error) { c.begin.Knobs.Match, err = kql.ParseMatch(v); return }),
		choice("port", kql.LabelPort.String(), "port", []string{"label", "require", "ignore"}, "Whether rows with the port of an ip:port are marked, required, or not told apart.",
			func(c *config, v string) (err error) { c.begin.Knobs.Port, err = kql.ParsePortMode(v); return }),
		yesNo("own_side", false, "own-side", "Look at columns of the protected side too.", func(c *config, on bool) { c.begin.Knobs.OwnSide = on }),
		choice("long", review.KeepLong.String(), "long", []string{"keep", "split", "watchlist"}, "What becomes of hunts that are longer than an analytics rule takes.",
			func(c *config, v string) (err error) { c.begin.Long, err = review.ParseLong(v); return }),
		{name: "min_confidence", initial: "0", flag: "min-confidence", means: "0 to 100", doc: "Leave out IOCs whose stated confidence is below so many percent; 0 leaves none out.",
			take: func(c *config, v string) (err error) {
				c.begin.MinConfidence, err = review.ParseMinConfidence(v)
				return
			}},
		yesNo("comments", true, "comments", "Write comments into hunts on the screen, in copies and by quarry kql; NRT custom detections refuse them.",
			func(c *config, on bool) { c.comments = on }),
	}
}

// profiles are the colours that a terminal may be told to have.
var profiles = map[string]colorprofile.Profile{
	"none": colorprofile.Ascii, "16": colorprofile.ANSI, "256": colorprofile.ANSI256, "truecolor": colorprofile.TrueColor,
}

func screenSettings() []setting {
	return []setting{
		choice("colors", "auto", "colors", []string{"auto", "none", "16", "256", "truecolor"}, "How many colours the terminal shows; auto goes by its environment, NO_COLOR included.",
			func(c *config, v string) error { c.colors = profiles[v]; return nil }),
		choice("theme", "auto", "theme", []string{"auto", "dark", "light", "high-contrast"}, "For which background colours are chosen; auto asks the terminal.",
			func(c *config, v string) error { c.theme = ui.Theme(strings.TrimPrefix(v, "auto")); return nil }),
		yesNo("ascii", false, "ascii", "Draw with ASCII characters only, also where the locale has others.", func(c *config, on bool) { c.ascii = on }),
		yesNo("mouse", false, "mouse", "Take clicks and the wheel; to select text, hold Shift then.", func(c *config, on bool) { c.mouse = on }),
		yesNo("defang", true, "", "Show values defanged, until the key for it is pressed; copies and queries always hold the real ones.",
			func(c *config, on bool) { c.fanged = !on }),
		choice("clipboard", clip.WayNames[0], "clipboard", clip.WayNames, "The way of copies; auto chooses it by the environment, file sends nothing.",
			func(c *config, v string) error { c.clipboard = v; return nil }),
		{name: "copies", means: "a folder", doc: "Where the file of the last copy is kept; empty is quarry in the XDG state folder.",
			take: func(c *config, v string) error { c.copies = ui.Home(v); return nil }},
	}
}

func warningSettings() []setting {
	return []setting{
		{name: "warnings.rules", initial: "{}", means: "warn, inform or off for each rule", doc: "How loud it is said what is suspicious about an IOC.",
			entry: func(c *config, name string, v []string) error {
				if len(v) != 1 {
					return fmt.Errorf("use warn, inform or off")
				}
				known, err := ruleNames()
				if err != nil {
					return err
				}
				if !slices.Contains(known, name) {
					return fmt.Errorf("there is no such rule; %sthe rules are %s", meant(name, known), strings.Join(known, " "))
				}
				c.levels[name], err = warnings.ParseLevel(v[0])
				return err
			}},
		{name: "warnings.low_confidence", initial: strconv.Itoa(warnings.LowConfidence), means: "1 to 100", doc: "Below how many percent a source is not sure; the rule low-confidence says so.",
			take: func(c *config, v string) error { return number(&c.lowConfidence, v, 1, 100) }},
	}
}

func keySettings() []setting {
	return []setting{
		{name: "keys", initial: "{}", means: "a key, or a list of keys, for each action", doc: "All keys of an action; [] leaves it to be run by its name.",
			entry: func(c *config, name string, v []string) error { c.keys[name] = v; return nil }},
	}
}

// choice is a setting of a few words. take is given one of them as it is listed.
func choice(name, initial, flag string, choices []string, doc string, take func(*config, string) error) setting {
	return setting{name: name, initial: initial, flag: flag, means: oneOf(choices), choices: choices, doc: doc,
		take: func(c *config, v string) error {
			at := slices.IndexFunc(choices, func(w string) bool { return strings.EqualFold(w, v) })
			if at < 0 {
				return fmt.Errorf("%q is not what can be set; %suse %s", v, meant(v, choices), oneOf(choices))
			}
			return take(c, choices[at])
		}}
}

// yesNo is a setting that is true or false.
func yesNo(name string, initial bool, flag, doc string, take func(*config, bool)) setting {
	s := choice(name, strconv.FormatBool(initial), flag, []string{"true", "false"}, doc, func(c *config, v string) error {
		take(c, v == "true")
		return nil
	})
	s.yesNo = true
	return s
}

// number reads a whole number between two.
func number(to *int, v string, least, most int) error {
	n, err := strconv.Atoi(v)
	if err != nil || n < least || n > most {
		return fmt.Errorf("%q is no whole number from %d to %d", v, least, most)
	}
	*to = n
	return nil
}

// meant is the name that a word may stand for, to be put before an advice.
func meant(word string, names []string) string {
	if near := feed.Nearest(word, names); near != "" {
		return "did you mean " + near + "? "
	}
	return ""
}

// oneOf lists words of which one is to be chosen.
func oneOf(words []string) string {
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// ruleNames are the rules of what is suspicious about an IOC.
func ruleNames() ([]string, error) {
	rules, err := warnings.Rules()
	var names []string
	for _, r := range rules {
		names = append(names, r.Code)
	}
	return names, err
}
