package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"quarry/review"
	"quarry/ui"
)

func (p *program) exportCommand() *cobra.Command {
	var s shape
	var as, out string
	var force bool
	var names []string
	for _, f := range review.Formats {
		names = append(names, f.Name+" ("+f.Means+")")
	}
	cmd := &cobra.Command{
		Use: "export FILE...", Short: "Write the reviewed bulletin, CSV or JSON", Args: files,
		Long: "Writes the review in one of these formats:\n  " + strings.Join(names, "\n  "),
		RunE: func(_ *cobra.Command, args []string) error {
			format, err := review.FormatNamed(as)
			if err != nil {
				return &usageError{fmt.Errorf("--as %w", err)}
			}
			r, err := p.open(args)
			if err != nil {
				return err
			}
			if err := s.decide(r); err != nil {
				return err
			}
			if out == "" || out == "-" {
				return format.Write(r, p.stdout, signature())
			}
			var b bytes.Buffer
			if err := format.Write(r, &b, signature()); err != nil {
				return err
			}
			return p.writeFile(out, b.Bytes(), force)
		},
	}
	s.addTo(cmd)
	cmd.Flags().StringVar(&as, "as", review.Formats[0].Name, "the format")
	cmd.Flags().StringVarP(&out, "output", "o", "", "write to this file instead of standard output")
	cmd.Flags().BoolVar(&force, "force", false, "write over the file if it exists")
	return cmd
}

// writeFile writes a file as a whole, and over one that exists only by force.
func (p *program) writeFile(path string, data []byte, force bool) error {
	p.whole.Lock()
	defer p.whole.Unlock()
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return usage("%s is a directory; name a file in it", path)
	}
	err := ui.WriteFile(path, data, force)
	if errors.Is(err, fs.ErrExist) {
		return usage("%s exists; --force writes over it", path)
	}
	return err
}
