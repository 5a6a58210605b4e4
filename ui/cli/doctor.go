package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"quarry/feed"
	"quarry/kql"
	"quarry/review/store"
	"quarry/ui/cell"
)

func (p *program) doctorCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "doctor", Short: "Say what was found, and every setting", Args: noArgs,
		Long: "Says what Quarry found of its surroundings, without asking the terminal anything, and what follows from it; " +
			"then every setting, its value, and where that comes from: the default, a line of the settings file, an environment variable or a flag. " +
			"What is wrong in the settings is told with file, line and the nearest right name, and ends it with the exit code of wrong use, 2, or 3 where the file cannot be read; so does a mistake in tables of your own.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			var wrong []error
			p.conf, wrong = p.readConfig(cmd.Flags())
			w := bufio.NewWriter(p.stdout)
			for _, c := range append(p.examine(cmd.Context()), p.checkConfig(wrong)...) {
				fmt.Fprintf(w, "%-12s %s\n", c.about, cell.Clean(c.found))
				if c.follows != "" {
					fmt.Fprintf(w, "%-12s   %s\n", "", cell.Clean(c.follows))
				}
			}
			fmt.Fprintln(w)
			if err := w.Flush(); err != nil {
				return err
			}
			if err := printColumns(p.stdout, p.conf.table()); err != nil {
				return err
			}
			if err := brokenSettings(wrong); err != nil {
				return err
			}
			_, err := ownTables() // a mistake there ends every verb that reads documents
			return err
		},
	}
	var all []string
	for _, s := range settings() {
		all = append(all, s.name)
	}
	settingFlags(cmd.Flags(), all...)
	return cmd
}

// brokenSettings ends the doctor as any verb ends that needs settings in which
// something is wrong, which was told already.
func brokenSettings(wrong []error) error {
	if len(wrong) == 0 {
		return nil
	}
	mistakes := "1 mistake"
	if n := len(wrong); n > 1 {
		mistakes = fmt.Sprintf("%d mistakes", n)
	}
	var unreadable *fs.PathError
	if errors.As(wrong[0], &unreadable) {
		return fmt.Errorf("the settings cannot be read: %w", unreadable)
	}
	return usage("%s in the settings, told above; no other verb works until that is right", mistakes)
}

// check is one thing that was looked at.
type check struct{ about, found, follows string }

func (p *program) examine(ctx context.Context) []check {
	checks := []check{
		{"quarry", version() + ", " + runtime.Version() + ", " + runtime.GOOS + "/" + runtime.GOARCH, ""},
		p.checkTerminal(), p.checkColours(), p.checkCharacters(),
	}
	checks = append(checks, p.checkMultiplexer(ctx)...)
	return append(checks, p.checkClipboard(), p.checkCopyFile(), p.checkReviews(), p.checkCatalogue(), p.checkKey())
}

func (p *program) checkTerminal() check {
	c := check{about: "terminal", found: "TERM=" + dash(lookup(p.env, "TERM"))}
	if !term.IsTerminal(p.stdout.Fd()) {
		c.found += ", standard output is no terminal"
		c.follows = "the workbench does not start here; the other verbs work"
		return c
	}
	w, h, err := term.GetSize(p.stdout.Fd())
	if err == nil {
		c.found += fmt.Sprintf(", %d x %d cells", w, h)
	}
	if ssh := lookup(p.env, "SSH_CONNECTION"); ssh != "" {
		c.found += ", over SSH"
		c.follows = "Compression yes in ~/.ssh/config makes a slow link fast"
	}
	return c
}

// colourWords say what a terminal shows, as far as its environment tells.
var colourWords = map[colorprofile.Profile]string{
	colorprofile.NoTTY:     "none, for the output is no terminal that shows any",
	colorprofile.Ascii:     "none, only bold and the like",
	colorprofile.ANSI:      "16",
	colorprofile.ANSI256:   "256",
	colorprofile.TrueColor: "16 million (true colour)",
}

func (p *program) checkColours() check {
	c := check{about: "colours", found: colourWords[colorprofile.Detect(p.stdout, p.env)]}
	if c.found == "" {
		c.found = "none were found"
	}
	if lookup(p.env, "NO_COLOR") != "" {
		c.follows = "NO_COLOR is set: no colours, marks and words say all"
	}
	return c
}

func (p *program) checkCharacters() check {
	if readsUTF8(p.env) {
		return check{"characters", "UTF-8", ""}
	}
	return check{"characters", "the locale is not UTF-8", "the workbench draws ASCII only; LANG=C.UTF-8 changes that"}
}

// checkMultiplexer asks tmux, not the terminal, how it is set up.
func (p *program) checkMultiplexer(ctx context.Context) []check {
	if lookup(p.env, "STY") != "" && lookup(p.env, "TMUX") == "" {
		return []check{{"multiplexer", "GNU screen", ""}}
	}
	if lookup(p.env, "TMUX") == "" {
		return nil
	}
	c := check{about: "multiplexer", found: "tmux"}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	for _, args := range [][]string{{"-V"}, {"show-options", "-s", "set-clipboard"}} {
		out, err := exec.CommandContext(ctx, "tmux", args...).Output()
		if err != nil {
			c.follows = "tmux did not answer: " + err.Error()
			break
		}
		c.found += ", " + strings.TrimSpace(string(out))
	}
	return []check{c}
}

func (p *program) checkClipboard() check {
	board, err := p.conf.board(p.env)
	if err != nil {
		return check{"clipboard", err.Error(), ""}
	}
	route := board.Route("x")
	c := check{about: "clipboard", found: route.Way.String(), follows: route.Hint}
	if !route.Certain() {
		c.found += "; nobody can know whether it arrives"
	}
	if route.Limit > 0 {
		c.found += fmt.Sprintf("; up to %d bytes", route.Limit)
	}
	return c
}

func (p *program) checkCopyFile() check {
	board, err := p.conf.board(p.env)
	if err != nil {
		return check{"copies", err.Error(), ""}
	}
	return check{"copies", "the last copy is kept in " + board.Folder, ""}
}

// checkReviews says where reviews are kept. It does not open the database, which
// would be made anew in the present form.
func (p *program) checkReviews() check {
	path := filepath.Join(store.Folder(), store.FileName)
	c := check{"reviews", "kept in " + path, ""}
	switch _, err := os.Stat(path); {
	case errors.Is(err, fs.ErrNotExist):
		c.found = "none was saved yet; they will be kept in " + path
	case err != nil:
		c.found, c.follows = "kept in "+path+", which cannot be read: "+err.Error(), "the workbench works, and saves beside it what is decided"
	}
	if left := store.Unsaved(besideFolders()); len(left) > 0 {
		c.follows = "decisions that the database did not take are in " + left[0] + "; quarry reviews import takes them in"
	}
	return c
}

func (p *program) checkCatalogue() check {
	builtin, err := kql.Builtin()
	if err != nil {
		return check{"tables", err.Error(), "this build is broken"}
	}
	own, err := ownTables()
	if err != nil {
		return check{"tables", err.Error(), "nothing else works until that is right"}
	}
	c := check{"tables", fmt.Sprintf("%d in the catalogue", len(builtin.With(own...).Tables())), "tables of your own are read from " + tablesFile()}
	if len(own) > 0 {
		c.follows = fmt.Sprintf("%d of them from %s", len(own), tablesFile())
	}
	return c
}

// checkKey says where the Auth-Key of ThreatFox comes from, and nothing of it.
func (p *program) checkKey() check {
	c := check{about: "threatfox", follows: "quarry fetch threatfox can ask"}
	_, err := p.threatFoxKey()
	set, _ := os.Lstat(keyFile())
	switch {
	case err == nil && lookup(p.env, keyVariable) != "":
		c.found = "the Auth-Key is in " + keyVariable
	case err == nil:
		c.found = "the Auth-Key is in " + keyFile()
	case lookup(p.env, keyVariable) == "" && set == nil:
		c.found = "there is no Auth-Key, neither in " + keyVariable + " nor in " + keyFile()
		c.follows = "only quarry fetch threatfox needs one; https://auth.abuse.ch/ gives a free one"
	default:
		c.found = "the Auth-Key cannot be used: " + err.Error()
		c.follows = "quarry fetch threatfox does not work until that is right"
	}
	return c
}

// checkConfig says where the settings are, and all that is wrong with them.
func (p *program) checkConfig(wrong []error) []check {
	c := check{"settings", configFile(), ""}
	if _, err := os.Stat(configFile()); err != nil {
		c.follows = "there is none; quarry config > " + configFile() + " makes one"
	}
	checks := []check{c}
	for _, err := range wrong {
		checks = append(checks, check{"", err.Error(), "nothing else works until that is right"})
	}
	return append(checks, p.checkVariables()...)
}

// checkVariables names variables that are like one of a setting and are none.
func (p *program) checkVariables() (checks []check) {
	var names []string
	for _, s := range settings() {
		if v := s.variable(); v != "" {
			names = append(names, v)
		}
	}
	for _, kv := range p.env {
		name, _, _ := strings.Cut(kv, "=")
		if !strings.HasPrefix(name, "QUARRY_") || slices.Contains(names, name) {
			continue
		}
		if near := feed.Nearest(name, names); near != "" {
			checks = append(checks, check{"", name + " sets nothing", "did you mean " + near + "?"})
		}
	}
	return checks
}

// table is every setting with its value and where that comes from. Of mappings it
// has the lines that the analyst wrote.
func (c *config) table() [][]string {
	rows := [][]string{{"SETTING", "VALUE", "FROM"}}
	row := func(name string) {
		rows = append(rows, []string{name, dash(c.origins[name].value), c.origins[name].from})
	}
	for _, s := range settings() {
		row(s.name)
		for _, name := range slices.Sorted(maps.Keys(c.origins)) {
			if s.entry != nil && strings.HasPrefix(name, s.name+".") {
				row(name)
			}
		}
	}
	return rows
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
