package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"syscall"

	tea "charm.land/bubbletea/v2"
	"charm.land/fang/v2"
	"charm.land/lipgloss/v2"
	"github.com/spf13/cobra"

	"quarry/feed"
	"quarry/kql"
	"quarry/kql/bind"
	"quarry/ui"
	"quarry/ui/cell"
	"quarry/ui/ssh"
)

// The exit codes of the program.
const (
	ExitDone        = 0
	ExitFindings    = 1 // findings, or nothing matched
	ExitUsage       = 2
	ExitFile        = 3 // input could not be read, or output not written
	ExitInterrupted = 130
)

// Run runs the command line and returns the exit code. sample is the document
// that the workbench opens when no file is named.
//
// An interrupt, a termination and the loss of the terminal end it with
// [ExitInterrupted], whatever a verb is waiting for; the workbench restores the
// terminal first, and a file is written to its end.
func Run(args []string, sample []byte) int {
	ctx, stop := signal.NotifyContext(context.Background(), endings()...)
	defer stop()
	p := &program{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, env: os.Environ(), sample: sample}
	done := make(chan int, 1)
	go func() { done <- p.run(ctx, args) }()
	select {
	case code := <-done:
		return code
	case <-ctx.Done():
		p.whole.Lock() // for good: nothing may begin any more
		return ExitInterrupted
	}
}

// endings are the signals that end the program. One that whoever started it
// ignores, as nohup does, stays ignored.
func endings() []os.Signal {
	signals := []os.Signal{syscall.SIGTERM}
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGHUP} {
		if !signal.Ignored(s) {
			signals = append(signals, s)
		}
	}
	return signals
}

// program is the command line with its surroundings.
type program struct {
	stdin  *os.File
	stdout *os.File
	stderr *os.File
	env    []string
	sample []byte
	whole  sync.Mutex // held by what no signal may cut short

	conf       config // the settings, once they are configured
	configured bool
}

func (p *program) run(ctx context.Context, args []string) int {
	root := p.rootCommand()
	root.SetArgs(args)
	root.SetIn(p.stdin)
	root.SetOut(p.stdout)
	root.SetErr(p.stderr)
	restore := silenceQueries()
	defer restore()
	err := fang.Execute(ctx, root,
		fang.WithColorSchemeFunc(func(lipgloss.LightDarkFunc) fang.ColorScheme {
			restore() // fang now measures os.Stdout, to fit the help to it
			return colourScheme()
		}),
		fang.WithErrorHandler(p.printError),
		fang.WithVersion(version()),
		fang.WithoutManpage(), // it would go to os.Stdout
	)
	return exitCode(err)
}

// silenceQueries keeps fang from asking the terminal for its background: the
// answer comes late over SSH and ends up in the shell. It asks only when
// os.Stdout is a terminal, so until restore is called that is none. The
// commands write to the file kept in program.
func silenceQueries() (restore func()) {
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		return func() {} // the query is a blemish, not a reason to stop
	}
	was := os.Stdout
	os.Stdout = null
	return sync.OnceFunc(func() {
		os.Stdout = was
		null.Close()
	})
}

// colourScheme is that of the help, in colours that can be read on a light and
// on a dark background, for which is not known.
func colourScheme() fang.ColorScheme {
	return fang.ColorScheme{
		Title:        lipgloss.Magenta,
		Program:      lipgloss.Cyan,
		Command:      lipgloss.Cyan,
		Flag:         lipgloss.Green,
		QuotedString: lipgloss.Green,
	}
}

// version is that of the module, or of the commit that was built.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	v := strings.Trim(info.Main.Version, "()")
	if v == "" {
		v = "devel"
	}
	return v
}

// findingsError ends a verb that worked but has something to report.
type findingsError struct{ reason string }

func (e *findingsError) Error() string { return e.reason }

func exitCode(err error) int {
	var wrongUse *usageError
	var findings *findingsError
	var input *feed.InputError
	var output *ui.FileError
	var tables *kql.CatalogueError
	var missing *bind.MissingError
	var service *bind.ServiceError
	var keys *ssh.KeysError
	var system *fs.PathError // standard output that takes no more
	switch {
	case err == nil:
		return ExitDone
	case errors.Is(err, tea.ErrInterrupted), errors.Is(err, context.Canceled):
		return ExitInterrupted
	case errors.As(err, &findings):
		return ExitFindings
	case errors.As(err, &wrongUse):
		return ExitUsage
	case errors.As(err, &input), errors.As(err, &output), errors.As(err, &tables), errors.As(err, &system), errors.As(err, &keys),
		errors.As(err, &missing), errors.As(err, &service), storeFailed(err):
		return ExitFile
	}
	return ExitUsage // what cobra itself refuses
}

// printError prints an error on one line, without what a hostile file name or
// value could do to the terminal.
func (p *program) printError(w io.Writer, _ fang.Styles, err error) {
	if errors.Is(err, tea.ErrInterrupted) || errors.Is(err, context.Canceled) {
		return
	}
	var findings *findingsError
	if errors.As(err, &findings) && findings.reason == "" {
		return
	}
	fmt.Fprintf(w, "quarry: %s\n", cell.Clean(err.Error()))
}

func (p *program) rootCommand() *cobra.Command {
	var anew bool
	root := &cobra.Command{
		Use:   "quarry [FILE...]",
		Short: "Triage IOCs and hunt them in Microsoft Sentinel and Defender",
		Long: "Quarry opens threat-intel bulletins, lets you decide indicator by indicator what is " +
			"worth hunting, and writes the KQL for Microsoft Sentinel and Defender.\n\n" +
			"With no file it opens a built-in sample. - is standard input.",
		Args: filesNotVerbs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := p.configure(cmd.Flags()); err != nil {
				return err
			}
			return p.workbench(cmd.Context(), args, anew)
		},
	}
	settingFlags(root.Flags(), slices.Concat(screenFlags, huntFlags())...)
	root.Flags().BoolVar(&anew, "new", false, "begin a new review of the documents")
	root.SetFlagErrorFunc(wrongFlag)
	root.SetHelpCommand(helpCommand())
	root.CompletionOptions.HiddenDefaultCmd = true
	root.AddCommand(p.iocsCommand(), p.kqlCommand(), p.scenariosCommand(), p.lintCommand(), p.diffCommand(),
		p.exportCommand(), p.fetchCommand(), p.tablesCommand(), p.reviewsCommand(), p.memoryCommand(), p.configCommand(), p.doctorCommand(),
		p.serveCommand())
	return root
}
