package cli

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"net"
	"path/filepath"
	"time"

	"github.com/adrg/xdg"
	"github.com/spf13/cobra"

	"quarry/exclusions/library"
	"quarry/feed"
	"quarry/kql"
	"quarry/review/store"
	"quarry/ui"
	"quarry/ui/ssh"
)

// authorizedKeys is where the keys are of those who may come in, unless told
// otherwise.
func authorizedKeys() string { return filepath.Join(xdg.ConfigHome, "quarry", "authorized_keys") }

// hostKeyFile is where the key of the server is, unless told otherwise.
func hostKeyFile() string { return filepath.Join(xdg.DataHome, "quarry", "ssh_host_ed25519_key") }

// serving is what the settings say of the workbench over SSH.
type serving struct {
	listen, documents, exports, library, keys, hostKey string

	sessions, paste int
	idle            time.Duration
}

func serveSettings() []setting {
	path := func(name, flag, doc string, to func(*config) *string) setting {
		return setting{name: name, flag: flag, means: "a path", doc: doc, take: func(c *config, v string) error { *to(c) = ui.Home(v); return nil }}
	}
	return []setting{
		{name: "serve.listen", initial: "127.0.0.1:2222", flag: "listen", means: "an address and a port", doc: "Where quarry serve listens; others than this machine reach it only when it is told an address of theirs.",
			take: func(c *config, v string) error {
				if _, _, err := net.SplitHostPort(v); err != nil {
					return fmt.Errorf("%q is no address with a port; write it as 127.0.0.1:2222", v)
				}
				c.serve.listen = v
				return nil
			}},
		path("serve.documents", "documents", "The folder whose documents quarry serve offers, and no other.", func(c *config) *string { return &c.serve.documents }),
		path("serve.exports", "exports", "The folder that served sessions export into, each reviewer into a folder of their own in it; empty copies instead.", func(c *config) *string { return &c.serve.exports }),
		path("serve.library", "library", "The folder of scenarios that served sessions take from besides the built-in ones; they never write to it.", func(c *config) *string { return &c.serve.library }),
		path("serve.authorized_keys", "authorized-keys", "The public keys that are let in; empty is quarry/authorized_keys in the configuration folder.", func(c *config) *string { return &c.serve.keys }),
		path("serve.host_key", "host-key", "The key of the server, which is made where there is none; empty is quarry/ssh_host_ed25519_key in the XDG data folder.", func(c *config) *string { return &c.serve.hostKey }),
		{name: "serve.sessions", initial: "32", flag: "sessions", means: "1 to 1000", doc: "How many sessions there may be at a time.",
			take: func(c *config, v string) error { return number(&c.serve.sessions, v, 1, 1000) }},
		{name: "serve.idle", initial: "30m", flag: "idle", means: "90s, 30m or 8h", doc: "After how long without a key a session is closed.",
			take: func(c *config, v string) error {
				d, err := time.ParseDuration(v)
				if err != nil || d < time.Second || d > 7*24*time.Hour {
					return fmt.Errorf("%q is no time from 1s to 168h; write it as 90s, 30m or 8h", v)
				}
				c.serve.idle = d
				return nil
			}},
		{name: "serve.paste", initial: "1", flag: "paste", means: "1 to 16", doc: "How many megabytes one paste may have in a served session.",
			take: func(c *config, v string) error {
				err := number(&c.serve.paste, v, 1, 16)
				c.serve.paste <<= 20
				return err
			}},
	}
}

func (p *program) serveCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "serve", Short: "Serve the workbench over SSH", Args: noArgs,
		Long: "Serves the workbench over SSH to those whose public keys are in a file of authorized keys; the comment of a key names the reviewer. " +
			"There is no password, no shell, no command, no forwarding and no file transfer. Who comes in picks a document of one folder. " +
			"It listens on this machine only, unless told otherwise. SIGTERM ends all sessions in order.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := p.configure(cmd.Flags()); err != nil {
				return err
			}
			return p.serve(cmd.Context())
		},
	}
	var all []string
	for _, s := range serveSettings() {
		all = append(all, s.name)
	}
	settingFlags(cmd.Flags(), all...)
	return cmd
}

// serve serves until a signal ends it. Then it ends in order, however long that
// takes.
func (p *program) serve(ctx context.Context) error {
	s := p.conf.serve
	if s.documents == "" {
		return usage("name the folder whose documents are to be served: --documents FOLDER")
	}
	catalogue, err := loadCatalogue()
	if err != nil {
		return err // now, not in the first session
	}
	l, err := net.Listen("tcp", s.listen)
	if err != nil {
		return usage("%w; --listen names another address", err)
	}
	p.whole.Lock()
	defer p.whole.Unlock()
	log := slog.New(slog.NewTextHandler(p.stderr, nil))
	slog.SetDefault(log) // what the library says itself
	err = ssh.Serve(ctx, l, ssh.Options{
		Authorized: s.keys, HostKey: s.hostKey, Documents: s.documents, Exports: s.exports,
		Sessions: s.sessions, Idle: s.idle, Paste: s.paste, Colors: p.conf.colors, Load: p.loadServed, Log: log,
		Workbench: ui.Options{
			ASCII: p.conf.ascii, Registry: registry(), Keys: p.conf.keys, Theme: p.conf.theme,
			Mouse: p.conf.mouse, Fanged: p.conf.fanged, NoComments: !p.conf.comments,
			Library: servedLibrary(s.library, catalogue),
		},
	})
	return err
}

// servedOriginals are the documents of a file that is served.
type servedOriginals struct {
	originals
	file ssh.File
}

// sources are the documents so far. By the place of the file it is known again when it
// has changed.
func (o *servedOriginals) sources() []store.Source {
	all := o.originals.sources()
	for i := range all {
		if d := &all[i]; d.Name == o.file.Name {
			d.Path, d.Size, d.Modified = o.file.Path, o.file.Size, o.file.Modified
		}
	}
	return all
}

// servedLibrary reads the built-in scenarios, and those of a folder where one is
// named. What is wrong in its files is for who runs the server.
func servedLibrary(folder string, tables *kql.Catalogue) func() ([]library.Entry, []error) {
	return func() ([]library.Entry, []error) {
		all, errs := library.Load(folder, tables)
		for _, err := range errs {
			slog.Error("library", "error", err)
		}
		return all, nil
	}
}

// loadServed begins to read a file for a session, whose decisions are saved as those
// of any other.
func (p *program) loadServed(who string, file ssh.File, inputs iter.Seq2[*feed.Input, error]) (ui.Opened, error) {
	catalogue, suspicions, err := p.prepare()
	if err != nil {
		return ui.Opened{}, err
	}
	docs := &servedOriginals{file: file}
	l, err := p.begin(docs.watch(inputs, nil), catalogue, suspicions)
	if err != nil {
		return ui.Opened{}, err
	}
	journal := store.NewJournal(store.Options{
		Folder: store.Folder(), Beside: besideFolders(), Who: who, Title: l.Review().Title(), Sources: docs.sources, Read: ui.ReaderOf(registry()),
		BegunWith: l.Review().BegunWith(), OwnPasted: true,
	})
	return ui.Opened{Loading: l, Journal: journal, Close: func() string {
		left := journal.Close()
		if left.String() != "" {
			slog.Error("decisions", "reviewer", who, "error", left.String())
		}
		return leftOnServer(file.Name, left)
	}}, nil
}

// leftOnServer says to who decided in a served session what the review of a document
// did not get, "" where it has all. They cannot see the file, whose name the log has.
func leftOnServer(document string, left store.Left) string {
	if left.String() == "" {
		return ""
	}
	what, are := "1 decision of yours", "is"
	if left.Unsaved > 1 {
		what, are = fmt.Sprintf("%d decisions of yours", left.Unsaved), "are"
	}
	where := "lost"
	if left.Beside != "" {
		where = "in no review but in a file of the server, whose log names it"
	}
	var held *store.HeldError
	why := "not in the database"
	switch {
	case errors.As(left.Err, &held):
		why = held.By.String() + " had taken the review over"
	case left.Err != nil:
		why += ": " + store.Reason(left.Err)
	}
	return fmt.Sprintf("%s: %s %s %s; %s", document, what, are, where, why)
}
