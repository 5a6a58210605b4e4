package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/adrg/xdg"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/term"

	"quarry/review"
	"quarry/review/store"
	"quarry/ui"
	"quarry/ui/cell"
	"quarry/ui/guard"
)

// sampleName is what the built-in sample is called on screens and in exports.
const sampleName = "sample.md"

// workbench opens the documents on the screen.
func (p *program) workbench(ctx context.Context, names []string, anew bool) error {
	if !term.IsTerminal(p.stdout.Fd()) {
		return usage("the workbench needs a terminal; quarry iocs, kql and export write to files and pipes")
	}
	if len(names) == 0 {
		names = p.conf.documents
	}
	collectLater := headroom()
	docs := new(originals)
	loading, size, err := p.load(names, docs)
	if err != nil {
		return err
	}
	collectLater()
	return p.show(ctx, loading, docs, names, size, store.Options{New: anew})
}

// guarded bounds what a terminal sends: a sequence of very many numbers would end
// the program. The console of Windows gives keys, not bytes.
func guarded(keys *os.File) io.Reader {
	if runtime.GOOS == "windows" {
		return keys
	}
	return guard.NewFile(keys, ui.MostPasted)
}

// show opens the workbench on documents that are being read, and saves what is
// decided there.
func (p *program) show(ctx context.Context, loading *review.Loading, docs *originals, names []string, size int64, saved store.Options) error {
	defer loading.Stop()
	r := loading.Review()
	options := []tea.ProgramOption{
		tea.WithOutput(p.stdout), tea.WithEnvironment(p.env),
		tea.WithoutSignalHandler(), // signals end ctx
	}
	keys := p.stdin
	if !term.IsTerminal(keys.Fd()) {
		var err error
		keys, _, err = tea.OpenTTY() // a document came by standard input
		if err != nil {
			return usage("the workbench needs a terminal for its keys: %w", err)
		}
		defer keys.Close()
	}
	options = append(options, tea.WithInput(guarded(keys)))
	if p.conf.colors != colorprofile.Unknown {
		options = append(options, tea.WithColorProfile(p.conf.colors))
	}
	board, err := p.conf.board(p.env)
	if err != nil {
		return err
	}
	p.whole.Lock()
	defer p.whole.Unlock()
	saved.Folder, saved.Beside = store.Folder(), besideFolders()
	saved.Who, saved.Title, saved.Sources, saved.Read = p.conf.reviewer, r.Title(), docs.sources, ui.ReaderOf(registry())
	saved.BegunWith = r.BegunWith()
	journal := store.NewJournal(saved)
	defer func() {
		if left := journal.Close(); left.String() != "" {
			fmt.Fprintf(p.stderr, "quarry: %s\n", cell.Clean(left.String()))
		}
	}()
	_, err = ui.Run(ctx, r, ui.Options{
		Reviewer:     p.conf.reviewer,
		Env:          p.env,
		ASCII:        p.conf.ascii || !readsUTF8(p.env),
		Clipboard:    board,
		ExportPath:   ownExport(names, r),
		Loading:      loading,
		Size:         size,
		Registry:     registry(),
		Library:      libraryOfWorkbench(r.Catalogue()),
		SaveScenario: saveToLibrary(r.Catalogue()),
		Journal:      journal,
		Keys:         p.conf.keys,
		Theme:        p.conf.theme,
		Mouse:        p.conf.mouse,
		Fanged:       p.conf.fanged,
		NoComments:   !p.conf.comments,
		Folder:       p.conf.exports,
		CanSuspend:   canSuspend(),
	}, options...)
	return err
}

// headroom lets the heap grow by some megabytes before the first garbage
// collection, until the function is called: what is read at the start makes
// little garbage, and to look for it took a tenth of the time to the first
// screen. It is a piece of memory that nothing writes to, so that it counts
// for the collector but takes no room.
func headroom() (end func()) {
	unused := make([]byte, 16<<20)
	return func() { runtime.KeepAlive(unused) }
}

// besideFolders are where decisions go that the database does not take: beside it,
// and where even a full disk or a home that cannot be written to often leaves
// room.
func besideFolders() []string {
	folders := []string{store.Folder(), os.TempDir()}
	if xdg.RuntimeDir != "" { // often gone with the last session, so the last resort
		folders = append(folders, filepath.Join(xdg.RuntimeDir, "quarry"))
	}
	return folders
}

// ownExport is the path of the one reviewed bulletin that is opened again: its
// export goes back where it came from.
func ownExport(names []string, r *review.Review) string {
	from := r.Resumed()
	if len(names) != 1 || slices.ContainsFunc(from, func(o review.Resumed) bool { return o.File != from[0].File }) {
		return ""
	}
	name := names[0]
	if len(from) == 0 || from[0].File != name {
		return "" // a published one, or one in an archive
	}
	if info, err := os.Stat(name); err != nil || !info.Mode().IsRegular() {
		return "" // standard input, or a pipe
	}
	return name
}

// readsUTF8 reports whether the terminal is set up for UTF-8. One that is not
// would show boxes as letters, and take some bytes of them for controls.
func readsUTF8(env []string) bool {
	if runtime.GOOS == "windows" {
		return true
	}
	locale := ""
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if locale = lookup(env, name); locale != "" {
			break
		}
	}
	locale = strings.ToLower(locale)
	return strings.Contains(locale, "utf-8") || strings.Contains(locale, "utf8")
}

// lookup finds a variable; of several the last counts.
func lookup(env []string, name string) string {
	value := ""
	for _, v := range env {
		if n, val, ok := strings.Cut(v, "="); ok && n == name {
			value = val
		}
	}
	return value
}
