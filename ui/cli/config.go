package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"github.com/adrg/xdg"
	"github.com/charmbracelet/colorprofile"
	"github.com/spf13/pflag"

	"quarry/exclusions/warnings"
	"quarry/feed"
	"quarry/review"
	"quarry/ui"
	"quarry/ui/clip"
)

// configFile is where an analyst's settings are.
func configFile() string { return filepath.Join(xdg.ConfigHome, "quarry", "config.yaml") }

// listsFolder is where an analyst's warning lists are.
func listsFolder() string { return filepath.Join(xdg.ConfigHome, "quarry", "warning-lists") }

// config is what the settings say.
type config struct {
	reviewer  string
	documents []string
	exports   string

	begin    review.Defaults
	comments bool

	colors    colorprofile.Profile // [colorprofile.Unknown] is to be found out
	theme     ui.Theme
	ascii     bool
	mouse     bool
	fanged    bool
	clipboard string
	copies    string

	levels        map[string]warnings.Level
	lowConfidence int
	keys          ui.Keys
	serve         serving

	origins map[string]origin // by the name of the setting, or of a line of a mapping
}

// origin is where a value comes from.
type origin struct{ value, from string }

// byDefault is where a value comes from that nobody set.
const byDefault = "default"

// settingError is a mistake in a setting.
type settingError struct {
	where  string // file and line, variable or flag
	name   string // of the setting, where that does not say it
	reason string
}

// Error says where the mistake is, and what would be right.
func (e *settingError) Error() string {
	if e.name == "" {
		return e.where + ": " + e.reason
	}
	return e.where + ": " + e.name + ": " + e.reason
}

// configure reads the settings once: the defaults, over them the file, over that
// the environment, over that flags, where there are any. The error is the first
// mistake.
func (p *program) configure(flags *pflag.FlagSet) error {
	if p.configured {
		return nil
	}
	c, wrong := p.readConfig(flags)
	if len(wrong) > 0 {
		more := ""
		if n := len(wrong) - 1; n > 0 {
			more = fmt.Sprintf(" (and %d more; quarry doctor lists them)", n)
		}
		return fmt.Errorf("%w%s", wrong[0], more)
	}
	p.conf, p.configured = c, true
	return nil
}

// readConfig reads the settings, and lists all that is wrong with them.
func (p *program) readConfig(flags *pflag.FlagSet) (config, []error) {
	text, err := os.ReadFile(configFile())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return newConfig(), []error{err}
	}
	return gatherConfig(configFile(), text, p.env, flags)
}

// newConfig is what the settings say by default.
func newConfig() config {
	c := config{levels: map[string]warnings.Level{}, keys: ui.Keys{}, origins: map[string]origin{}}
	for _, s := range settings() {
		c.origins[s.name] = origin{s.initial, byDefault}
		if s.take != nil {
			_ = s.take(&c, s.initial) // a test takes them all
		}
	}
	return c
}

// gatherConfig reads the settings from a file's text, from an environment, and
// from flags, if any.
func gatherConfig(file string, text []byte, env []string, flags *pflag.FlagSet) (config, []error) {
	c := newConfig()
	wrong := c.readFile(file, text)
	wrong = append(wrong, c.readEnvironment(env)...)
	if flags != nil {
		wrong = append(wrong, c.readFlags(flags)...)
	}
	wrong = append(wrong, c.checkKeys()...)
	c.fill("reviewer", &c.reviewer, account)
	c.fill("serve.authorized_keys", &c.serve.keys, authorizedKeys)
	c.fill("serve.host_key", &c.serve.hostKey, hostKeyFile)
	return c, wrong
}

// checkKeys lists what is wrong with the keys. A line that is wrong sets nothing.
func (c *config) checkKeys() (wrong []error) {
	origins := maps.Clone(c.origins)
	for _, err := range c.keys.Check() {
		var key *ui.KeyError
		if errors.As(err, &key) {
			name := "keys." + key.Action
			at := cmp.Or(origins[name], origins["keys"])
			wrong = append(wrong, &settingError{at.from, name, key.Reason})
			delete(c.origins, name)
		}
	}
	return wrong
}

// fill gives an empty setting the value that this machine has for it.
func (c *config) fill(name string, value *string, with func() string) {
	if *value == "" {
		*value = with()
		c.origins[name] = origin{*value, c.origins[name].from}
	}
}

// readEnvironment reads the variables of settings. An empty one sets nothing.
func (c *config) readEnvironment(env []string) (wrong []error) {
	for _, s := range settings() {
		name := s.variable()
		v := lookup(env, name)
		if name == "" || v == "" {
			continue
		}
		var err error
		if s.list != nil {
			err = s.list(c, filepath.SplitList(v))
		} else {
			err = s.take(c, v)
		}
		if err != nil {
			wrong = append(wrong, &settingError{name, "", err.Error()})
			continue
		}
		c.origins[s.name] = origin{v, name}
	}
	return wrong
}

// readFlags reads the flags of settings that were given.
func (c *config) readFlags(flags *pflag.FlagSet) (wrong []error) {
	for _, s := range settings() {
		f := flags.Lookup(s.flag)
		if s.flag == "" || f == nil || !f.Changed {
			continue
		}
		v := f.Value.String()
		if err := s.take(c, v); err != nil {
			wrong = append(wrong, &usageError{&settingError{"--" + s.flag, "", err.Error()}})
			continue
		}
		c.origins[s.name] = origin{v, "--" + s.flag}
	}
	return wrong
}

// screenFlags are the settings that every command has as flags that shows the
// workbench.
var screenFlags = []string{"colors", "theme", "ascii", "mouse", "clipboard"}

// huntFlags are the settings that the workbench has as flags besides: with what a
// review begins. The verbs that write hunts have flags of the same names.
func huntFlags() (names []string) {
	for _, s := range huntSettings() {
		names = append(names, s.name)
	}
	return names
}

// flagHelp are the words of the flags in help, whose lines are short: what can be
// written, or what it is for. The settings themselves say more.
var flagHelp = map[string]string{
	"ascii":           "draw with ASCII characters only",
	"authorized-keys": "the public keys that are let in",
	"clipboard":       "auto, tmux, native, screen, osc52, file",
	"colors":          "auto, none, 16, 256, truecolor",
	"comments":        "write comments into hunts",
	"documents":       "the folder whose documents are offered",
	"exports":         "the folder that sessions export into",
	"host-key":        "the key of the server, made at first",
	"idle":            "end a session after so long without a key",
	"library":         "a folder of scenarios to take from",
	"listen":          "an address and a port",
	"long":            "keep, split or watchlist",
	"lookback":        "look back so far: 7d, 36h, 90m",
	"match":           "exact, subdomain or loose",
	"min-confidence":  "leave out IOCs below so many percent",
	"mouse":           "take clicks and the wheel",
	"own-side":        "look at columns of the protected side too",
	"paste":           "megabytes of one paste, 1 to 16",
	"port":            "label, require or ignore",
	"sessions":        "sessions at a time, 1 to 1000",
	"target":          "sentinel or defender",
	"theme":           "auto, dark, light, high-contrast",
}

// settingFlags adds the flags of the settings that are named.
func settingFlags(flags *pflag.FlagSet, names ...string) {
	for _, s := range settings() {
		if s.flag == "" || !slices.Contains(names, s.name) {
			continue
		}
		if !s.yesNo {
			flags.String(s.flag, s.initial, flagHelp[s.flag])
			continue
		}
		flags.Bool(s.flag, s.initial == "true", flagHelp[s.flag])
	}
	if f := flags.Lookup("colors"); f != nil {
		flags.BoolFunc("no-color", "draw without colours: --colors none", func(string) error { return flags.Set(f.Name, "none") })
	}
}

// suspicions begins to read what says which IOCs are suspicious. The function
// waits for it, and tells on standard error which warning lists cannot be read.
func (p *program) suspicions() func() (*warnings.Checker, error) {
	var checker *warnings.Checker
	var said []string
	var err error
	done := make(chan struct{})
	c := p.conf
	go func() {
		defer close(done)
		checker, said, err = c.readChecker()
	}()
	return func() (*warnings.Checker, error) {
		<-done
		for _, s := range said {
			fmt.Fprintf(p.stderr, "quarry: %s\n", s)
		}
		return checker, err
	}
}

// readChecker reads the warning lists and makes what the settings ask for. What
// is said is why some of the lists are not used.
func (c *config) readChecker() (checker *warnings.Checker, said []string, err error) {
	lists, errs := warnings.ReadLists(listsFolder())
	for _, err := range errs {
		said = append(said, err.Error())
	}
	for _, l := range lists {
		for _, s := range l.Skipped {
			said = append(said, "the warning list "+feed.Quote(l.Name)+": not used: "+s)
		}
	}
	checker, err = warnings.New(warnings.Options{Levels: c.levels, MinConfidence: c.lowConfidence, Now: time.Now(), Lists: lists})
	if err != nil {
		return nil, said, fmt.Errorf("%s: warnings: %w", configFile(), err)
	}
	return checker, said, nil
}

// account is the name of the account that runs the program.
func account() string {
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return ""
}

// signature is that of the reviewer, with or without the history of decisions.
func (c *config) signature(history bool) review.Signature {
	return review.Signature{Reviewer: c.reviewer, At: time.Now(), History: history}
}

// board is the way of copies as the settings and an environment have it.
func (c *config) board(env []string) (clip.Environment, error) {
	e, err := clip.NewEnvironment(env, runtime.GOOS, false).By(c.clipboard)
	if c.copies != "" {
		e.Folder = c.copies
	}
	return e, err
}
