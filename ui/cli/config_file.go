package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// yamlLine is how the library says where a file is no YAML.
var yamlLine = regexp.MustCompile(`^(?:yaml: )?line (\d+): (.*)$`)

// fileReader reads the settings of a file.
type fileReader struct {
	c     *config
	file  string
	known []setting
	lines map[string]int // of the names that were set
	wrong []error
}

// readFile reads the text of a settings file, and lists all that is wrong with it.
func (c *config) readFile(file string, text []byte) []error {
	r := &fileReader{c: c, file: file, known: settings(), lines: map[string]int{}}
	var doc yaml.Node
	dec := yaml.NewDecoder(bytes.NewReader(text))
	switch err := dec.Decode(&doc); {
	case errors.Is(err, io.EOF):
		return nil
	case err != nil:
		r.noYAML(err)
		return r.wrong
	}
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		r.say(1, "", "it holds more than one YAML document; remove the lines that are only ---")
	}
	if len(doc.Content) == 1 {
		r.mapping(doc.Content[0], "")
	}
	return r.wrong
}

func (r *fileReader) noYAML(err error) {
	line, reason := 1, strings.TrimPrefix(err.Error(), "yaml: ")
	if at := yamlLine.FindStringSubmatch(err.Error()); at != nil {
		line, _ = strconv.Atoi(at[1])
		reason = at[2]
	}
	r.say(line, "", "it is no YAML: %s; quarry config prints a file to begin with", reason)
}

func (r *fileReader) where(line int) string { return r.file + ":" + strconv.Itoa(line) }

func (r *fileReader) say(line int, name, format string, args ...any) {
	r.wrong = append(r.wrong, &settingError{r.where(line), name, fmt.Sprintf(format, args...)})
}

// mapping reads the lines of a group of settings, "" for the whole file.
func (r *fileReader) mapping(n *yaml.Node, group string) {
	if empty(n) {
		return
	}
	if n.Kind != yaml.MappingNode {
		r.say(n.Line, group, "names and values are wanted here, such as lookback: 7d")
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		name := key.Value
		if group != "" {
			name = group + "." + name
		}
		if first, twice := r.lines[name]; twice {
			r.say(key.Line, name, "it is set in line %d already; remove one of them", first)
			continue
		}
		r.lines[name] = key.Line
		at := slices.IndexFunc(r.known, func(s setting) bool { return s.name == name })
		switch {
		case at >= 0:
			r.set(&r.known[at], value, key.Line)
		case group == "" && slices.Contains(r.groups(), name):
			r.mapping(value, name)
		default:
			r.say(key.Line, name, "there is no such setting; %squarry config prints them all", r.meant(group, key.Value))
		}
	}
}

// groups are the names that stand before a dot.
func (r *fileReader) groups() (names []string) {
	for _, s := range r.known {
		if group, _, ok := strings.Cut(s.name, "."); ok {
			names = append(names, group)
		}
	}
	return names
}

// meant is the setting that a name in a group may stand for: one that is like it
// there, or one of that name elsewhere.
func (r *fileReader) meant(group, word string) string {
	var names []string
	if group == "" {
		names = r.groups()
	}
	for _, s := range r.known {
		before, after, grouped := strings.Cut(s.name, ".")
		switch {
		case word == after || !grouped && word == s.name:
			return meant(s.name, []string{s.name})
		case grouped && before == group || !grouped && group == "":
			names = append(names, s.name)
		}
	}
	if group != "" {
		word = group + "." + word
	}
	return meant(word, names)
}

// empty is a value that is left out.
func empty(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }

// set takes the value of a setting.
func (r *fileReader) set(s *setting, n *yaml.Node, line int) {
	if empty(n) {
		return
	}
	var err error
	value := n.Value
	switch {
	case s.entry != nil:
		r.entries(s, n, line)
		return
	case s.list != nil:
		var all []string
		if all, err = scalars(n); err == nil {
			err, value = s.list(r.c, all), "["+strings.Join(all, ", ")+"]"
		}
	case n.Kind != yaml.ScalarNode:
		err = fmt.Errorf("one value is wanted here: %s", s.means)
	default:
		err = s.take(r.c, n.Value)
	}
	if err != nil {
		r.say(n.Line, s.name, "%s", err)
		return
	}
	r.c.origins[s.name] = origin{value, r.where(line)}
}

// entries takes the lines of a mapping.
func (r *fileReader) entries(s *setting, n *yaml.Node, line int) {
	if n.Kind != yaml.MappingNode {
		r.say(n.Line, s.name, "lines are wanted below it, %s", s.means)
		return
	}
	r.c.origins[s.name] = origin{strconv.Itoa(len(n.Content)/2) + " of yours", r.where(line)}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		name := s.name + "." + key.Value
		if first, twice := r.lines[name]; twice {
			r.say(key.Line, name, "it is set in line %d already; remove one of them", first)
			continue
		}
		r.lines[name] = key.Line
		all, err := scalars(value)
		if err == nil {
			err = s.entry(r.c, key.Value, all)
		}
		if err != nil {
			r.say(value.Line, name, "%s", err)
			continue
		}
		shown := strings.Join(all, ", ")
		if value.Kind == yaml.SequenceNode {
			shown = "[" + shown + "]"
		}
		r.c.origins[name] = origin{shown, r.where(key.Line)}
	}
}

// scalars are a value or a list of values.
func scalars(n *yaml.Node) ([]string, error) {
	switch {
	case empty(n):
		return nil, nil
	case n.Kind == yaml.ScalarNode:
		return []string{n.Value}, nil
	case n.Kind != yaml.SequenceNode:
		return nil, errors.New("a value or a list of values is wanted here")
	}
	all := []string{}
	for _, item := range n.Content {
		if item.Kind != yaml.ScalarNode {
			return nil, errors.New("its values must be plain ones")
		}
		all = append(all, item.Value)
	}
	return all, nil
}
