package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/adrg/xdg"
	"github.com/spf13/cobra"

	"quarry/feed"
	"quarry/feed/threatfox/api"
	"quarry/kql"
	"quarry/kql/saved"
	"quarry/review"
	"quarry/ui/cell"
)

const (
	// keyVariable is where the Auth-Key of ThreatFox comes from, before the
	// file.
	keyVariable = "QUARRY_THREATFOX_KEY"
	// endpointVariable names a server on this machine instead of ThreatFox.
	endpointVariable = "QUARRY_THREATFOX_URL"
)

// keyFile is where the Auth-Key of ThreatFox may be.
func keyFile() string { return filepath.Join(xdg.ConfigHome, "quarry", "threatfox.key") }

func (p *program) fetchCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "fetch SOURCE", Short: "Make bulletins from a live feed",
		Long: "Asks a feed for IOCs and writes a bulletin for each malware family. The only source is threatfox.",
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usage("%s is no source to fetch from; the only one is threatfox", feed.Quote(args[0]))
			}
			return usage("name a source: quarry fetch threatfox")
		},
		Args: cobra.ArbitraryArgs,
	}
	cmd.AddCommand(p.fetchThreatFoxCommand())
	return cmd
}

// fetching is what is asked of ThreatFox, and where the bulletins go.
type fetching struct {
	question api.Question
	folder   string
	force    bool
}

func (p *program) fetchThreatFoxCommand() *cobra.Command {
	f := fetching{}
	cmd := &cobra.Command{
		Use: "threatfox", Short: "Make bulletins from ThreatFox of abuse.ch", Args: noArgs,
		Long: "Asks ThreatFox for the IOCs of the last days, of a malware family, with a tag, or that hold a text, " +
			"and writes a bulletin for each malware family, named by family and date.\n\n" +
			"The Auth-Key comes from " + keyVariable + ", or from the file threatfox.key in the configuration folder, " +
			"which only you may be able to read. https://auth.abuse.ch/ gives a free one. " +
			"ThreatFox gives at most 1,000 records of a family or a tag.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := f.check(cmd); err != nil {
				return err
			}
			return p.fetchThreatFox(cmd.Context(), f)
		},
	}
	cmd.Flags().IntVar(&f.question.Days, "days", api.DefaultDays, fmt.Sprintf("IOCs that were added within so many days, 1 to %d", api.MaxDays))
	cmd.Flags().StringVar(&f.question.Malware, "malware", "", "IOCs of this malware family, such as \"Cobalt Strike\" or win.cobalt_strike")
	cmd.Flags().StringVar(&f.question.Tag, "tag", "", "IOCs with this tag")
	cmd.Flags().StringVar(&f.question.IOC, "ioc", "", "IOCs that hold this: an address, a domain, a URL, a hash; defanged or not")
	cmd.Flags().StringVarP(&f.folder, "output", "o", ".", "write the bulletins into this folder")
	cmd.Flags().BoolVar(&f.force, "force", false, "write over files that exist")
	return cmd
}

// check takes the flags for a question: one of four.
func (f *fetching) check(cmd *cobra.Command) error {
	var given []string
	for _, name := range []string{"days", "malware", "tag", "ioc"} {
		flag := cmd.Flags().Lookup(name)
		if !flag.Changed {
			continue
		}
		given = append(given, "--"+name)
		if strings.TrimSpace(flag.Value.String()) == "" {
			return usage("--%s needs a value: %s", name, flag.Usage)
		}
	}
	switch {
	case len(given) > 1:
		return usage("use one of %s: ThreatFox takes one question at a time", strings.Join(given, " and "))
	case len(given) == 1 && given[0] != "--days":
		f.question.Days = 0
	case f.question.Days < 1 || f.question.Days > api.MaxDays:
		return usage("--days %d: ThreatFox answers for 1 to %d days", f.question.Days, api.MaxDays)
	}
	if info, err := os.Stat(f.folder); err == nil && !info.IsDir() {
		return usage("-o %s is a file; name a folder", f.folder)
	}
	return nil
}

// threatFoxKey is the Auth-Key from the environment or the file.
func (p *program) threatFoxKey() (api.Key, error) {
	if text := lookup(p.env, keyVariable); text != "" {
		key, err := api.NewKey(text)
		if err != nil {
			return key, usage("%s: %w", keyVariable, err)
		}
		return key, nil
	}
	key, err := api.ReadKey(keyFile())
	if errors.Is(err, fs.ErrNotExist) {
		return key, usage("ThreatFox asks for an Auth-Key: set %s, or write it into %s and run chmod 600 on it; https://auth.abuse.ch/ gives a free one", keyVariable, keyFile())
	}
	return key, err
}

// fetchThreatFox asks, makes all bulletins, and then writes them.
func (p *program) fetchThreatFox(ctx context.Context, f fetching) error {
	catalogue, err := loadCatalogue()
	if err != nil {
		return err
	}
	key, err := p.threatFoxKey()
	if err != nil {
		return err
	}
	client, err := api.New(key, lookup(p.env, endpointVariable))
	if err != nil {
		return usage("%s: %w", endpointVariable, err)
	}
	client.Notice = func(text string) { fmt.Fprintf(p.stderr, "quarry: %s\n", cell.Clean(text)) }
	answer, err := client.Ask(ctx, f.question)
	var none *api.NoResultError
	switch {
	case errors.As(err, &none):
		return &findingsError{err.Error()}
	case err != nil:
		return err
	}
	p.warn(answer.Findings)
	if n := len(answer.Mentions); n > 0 {
		fmt.Fprintf(p.stderr, "quarry: hashes of samples that ThreatFox names beside the IOCs: %d; they are in no bulletin\n", n)
	}
	if left := leftOut(answer.IOCs); left != "" {
		fmt.Fprintf(p.stderr, "quarry: a bulletin has no columns for all that ThreatFox says; left out are %s\n", left)
	}
	made, broken := p.bulletins(api.Families(answer), catalogue, time.Now())
	if err := f.free(made); err != nil {
		return err
	}
	if err := p.writeBulletins(made, f); err != nil {
		return err
	}
	switch {
	case broken != nil:
		return broken
	case len(made) == 0:
		return &findingsError{"ThreatFox answers with no IOC that could be used"}
	}
	if n := unusable(answer.Findings); n > 0 {
		return &findingsError{fmt.Sprintf("records of ThreatFox of which no IOC is made: %d", n)}
	}
	return nil
}

// leftOut counts what IOCs say that their bulletins cannot.
func leftOut(iocs []feed.IOC) string {
	var tags, references, seen int
	for _, i := range iocs {
		if len(i.Tags) > 0 {
			tags++
		}
		if i.Reference != "" {
			references++
		}
		if !i.LastSeen.IsZero() {
			seen++
		}
	}
	var all []string
	for _, c := range []struct {
		n    int
		what string
	}{{tags, "tags"}, {references, "references"}, {seen, "days of last seen"}} {
		if c.n > 0 {
			all = append(all, fmt.Sprintf("%s of %d", c.what, c.n))
		}
	}
	return strings.Join(all, ", ")
}

// unusable is how many findings say that something is no IOC.
func unusable(findings []feed.Finding) (n int) {
	for _, f := range findings {
		if f.Severity == feed.Error {
			n++
		}
	}
	return n
}

// madeBulletin is a bulletin to be written.
type madeBulletin struct {
	saved.File
	says string
}

// bulletins makes a bulletin of each family. One that cannot be made is told and
// the others are; the error is the last of those.
func (p *program) bulletins(families []*feed.Bulletin, catalogue *kql.Catalogue, now time.Time) (made []madeBulletin, broken error) {
	taken := map[string]bool{}
	for _, d := range families {
		var text strings.Builder
		findings, err := review.WriteBulletin(&text, d, catalogue)
		p.warn(findings)
		if err != nil {
			err = &feed.InputError{Name: "ThreatFox", Reason: err.Error(), Advice: "no bulletin of this family is written"}
			if broken != nil {
				fmt.Fprintf(p.stderr, "quarry: %s\n", cell.Clean(broken.Error()))
			}
			broken = err
			continue
		}
		name := bulletinName(d.Family, now, taken)
		says := fmt.Sprintf("%s of %s", review.Tally{IOCs: feed.NewSet([]*feed.Bulletin{{IOCs: d.IOCs}}).Len() - len(findings)}, d.Family)
		made = append(made, madeBulletin{saved.File{Name: name, Text: text.String()}, says})
	}
	return made, broken
}

// longestSlug is how much of a family's name a file name has.
const longestSlug = 60

// bulletinName names a file by family and day, and none twice.
func bulletinName(family string, now time.Time, taken map[string]bool) string {
	slug := strings.Join(strings.FieldsFunc(strings.ToLower(family), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	}), "-")
	if slug == "" {
		slug = "family"
	}
	slug = strings.TrimRight(slug[:min(len(slug), longestSlug)], "-")
	base := "threatfox-" + slug + "-" + now.UTC().Format(time.DateOnly)
	name := base + ".md"
	for n := 2; taken[name]; n++ {
		name = fmt.Sprintf("%s-%d.md", base, n)
	}
	taken[name] = true
	return name
}

// free refuses to begin where a file is in the way.
func (f *fetching) free(made []madeBulletin) error {
	if f.force {
		return nil
	}
	var there []string
	for _, m := range made {
		if _, err := os.Lstat(filepath.Join(f.folder, m.Name)); err == nil {
			there = append(there, filepath.Join(f.folder, m.Name))
		}
	}
	switch len(there) {
	case 0:
		return nil
	case 1:
		return usage("%s exists, so nothing was written; --force writes over it, -o names another folder", there[0])
	}
	return usage("%s and %d more exist, so nothing was written; --force writes over them, -o names another folder", there[0], len(there)-1)
}

// writeBulletins writes the files and prints what was written.
func (p *program) writeBulletins(made []madeBulletin, f fetching) error {
	if len(made) == 0 {
		return nil
	}
	if err := os.MkdirAll(f.folder, 0o777); err != nil { // as far as the umask lets
		return err
	}
	for _, m := range made {
		path := filepath.Join(f.folder, m.Name)
		if err := p.writeFile(nil, path, []byte(m.Text), f.force); err != nil {
			return err
		}
		if _, err := fmt.Fprintf(p.stdout, "%s: %s\n", cell.Clean(path), cell.Clean(m.says)); err != nil {
			return err
		}
	}
	return nil
}
