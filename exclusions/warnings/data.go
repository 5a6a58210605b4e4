package warnings

import (
	_ "embed"
	"fmt"
	"net/netip"
	"strings"
	"sync"
)

// known is what the program's own tables say.
type known struct {
	blocks blocks[block]
	hosts  map[string]host
	hashes map[string]named
	files  map[string]string // what a common name is that of, by the name in lower case
}

// named is what has a rule and a name.
type named struct{ code, name string }

type block struct {
	named
	dated string // since when it is known, "" where it never changes
}

type host struct {
	name  string
	below bool // names below it count as well
	whole bool // names below it count as itself
}

//go:embed blocks.yaml
var blocksYAML []byte

//go:embed hosts.yaml
var hostsYAML []byte

//go:embed hashes.yaml
var hashesYAML []byte

//go:embed files.yaml
var filesYAML []byte

var builtinKnown = sync.OnceValues(func() (*known, error) {
	k := &known{hosts: map[string]host{}, hashes: map[string]named{}, files: map[string]string{}}
	for _, read := range []func() error{k.readBlocks, k.readHosts, k.readHashes, k.readFiles} {
		if err := read(); err != nil {
			return nil, err
		}
	}
	return k, nil
})

func (k *known) readBlocks() error {
	var entries []struct {
		Code   string `yaml:"code"`
		Name   string `yaml:"name"`
		AsOf   string `yaml:"as of"`
		Copied string `yaml:"copied"`
		Source string `yaml:"source"`
		Blocks string `yaml:"blocks"` // one text: hundreds of YAML scalars take milliseconds
	}
	if err := decode("blocks.yaml", blocksYAML, &entries); err != nil {
		return err
	}
	for _, e := range entries {
		b := block{named: named{e.Code, e.Name}}
		switch {
		case e.AsOf != "":
			b.dated = "as published on " + e.AsOf
		case e.Copied != "":
			b.dated = "as copied on " + e.Copied
		}
		for text := range strings.FieldsSeq(e.Blocks) {
			p, err := netip.ParsePrefix(text)
			if err != nil || p != p.Masked() {
				return fmt.Errorf("blocks.yaml: %s is no block", text)
			}
			k.blocks.add(p, b)
		}
	}
	k.blocks.settle()
	return nil
}

func (k *known) readHosts() error {
	var entries []struct {
		Name  string `yaml:"name"`
		Below bool   `yaml:"below"`
		Whole bool   `yaml:"whole"`
		Hosts string `yaml:"hosts"` // one text, as blocks are
	}
	if err := decode("hosts.yaml", hostsYAML, &entries); err != nil {
		return err
	}
	for _, e := range entries {
		for h := range strings.FieldsSeq(e.Hosts) {
			if h != strings.ToLower(h) || !strings.Contains(h, ".") {
				return fmt.Errorf("hosts.yaml: %q is no host", h)
			}
			had := k.hosts[h]
			if had.name == "" {
				had.name = e.Name
			}
			k.hosts[h] = host{had.name, had.below || e.Below, had.whole || e.Whole}
		}
	}
	return nil
}

func (k *known) readHashes() error {
	var entries []struct {
		Code   string   `yaml:"code"`
		Name   string   `yaml:"name"`
		Hashes []string `yaml:"hashes"`
	}
	if err := decode("hashes.yaml", hashesYAML, &entries); err != nil {
		return err
	}
	for _, e := range entries {
		for _, h := range e.Hashes {
			k.hashes[h] = named{e.Code, e.Name}
		}
	}
	return nil
}

func (k *known) readFiles() error {
	var entries []struct {
		Name  string `yaml:"name"`
		Files string `yaml:"files"` // one text, as blocks are
	}
	if err := decode("files.yaml", filesYAML, &entries); err != nil {
		return err
	}
	for _, e := range entries {
		for f := range strings.FieldsSeq(e.Files) {
			if f != strings.ToLower(f) || k.files[f] != "" {
				return fmt.Errorf("files.yaml: %q is not in lower case, or there twice", f)
			}
			k.files[f] = e.Name
		}
	}
	return nil
}

// shared is the entry for a name, or for the one it stands below, and which.
func (k *known) shared(name string) (h host, entry string, ok bool) {
	if h, ok = k.hosts[name]; ok {
		return h, name, true
	}
	for rest := name; ; {
		_, parent, more := strings.Cut(rest, ".")
		if !more {
			return host{}, "", false
		}
		if h, ok = k.hosts[parent]; ok && (h.below || h.whole) {
			return h, parent, true
		}
		rest = parent
	}
}
