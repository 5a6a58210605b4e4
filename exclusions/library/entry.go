package library

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"quarry/feed"
	"quarry/kql"
)

// Entry is a scenario of the library.
type Entry struct {
	Title       string      `yaml:"title"`
	Description string      `yaml:"description,omitempty"`
	Tags        []string    `yaml:"tags,omitempty,flow"`
	Applies     Applies     `yaml:"applies,omitempty"`
	Parameters  []Parameter `yaml:"parameters,omitempty"`
	// Filter is a sentence as bulletins have it, "" where the condition says all.
	Filter string `yaml:"filter,omitempty"`
	// Condition is in the form of [kql.ParseCondition], with {name} where the
	// values of a parameter go.
	Condition string `yaml:"condition"`

	File string `yaml:"-"` // that it was read from, "" for a built-in one
	Line int    `yaml:"-"`
}

// Applies says when an entry is of use. What is empty sets no bound.
type Applies struct {
	Types   []feed.Type   `yaml:"types,omitempty,flow"`
	Threats []feed.Threat `yaml:"threats,omitempty,flow"`
	Tables  []string      `yaml:"tables,omitempty,flow"`
}

// Parameter is what an analyst fills in.
type Parameter struct {
	Name    string   `yaml:"name"`
	Means   string   `yaml:"means"`
	Example []string `yaml:"example,omitempty,flow"` // for people; never used
	Default []string `yaml:"default,omitempty,flow"` // used where nothing is filled in
}

// BuiltIn reports whether the entry is part of the program.
func (e *Entry) BuiltIn() bool { return e.File == "" }

// To reports whether an entry is of use for one of the IOCs in one of the tables.
func (a Applies) To(iocs []feed.IOC, tables []string) bool {
	if len(a.Tables) > 0 && !slices.ContainsFunc(tables, func(t string) bool { return slices.Contains(a.Tables, t) }) {
		return false
	}
	if len(a.Types) == 0 && len(a.Threats) == 0 {
		return true
	}
	return slices.ContainsFunc(iocs, func(i feed.IOC) bool {
		return (len(a.Types) == 0 || slices.Contains(a.Types, i.Type)) && (len(a.Threats) == 0 || slices.Contains(a.Threats, i.Threat))
	})
}

// Words say when the entry applies, "" where it always does.
func (a Applies) Words() string {
	var all []string
	for _, t := range a.Types {
		all = append(all, string(t))
	}
	for _, t := range a.Threats {
		all = append(all, string(t))
	}
	return strings.Join(append(all, a.Tables...), ", ")
}

// Has reports whether title, description or a tag holds every word of a text.
func (e *Entry) Has(text string) bool {
	all := strings.ToLower(e.Title + " " + e.Description + " " + strings.Join(e.Tags, " "))
	for w := range strings.FieldsSeq(strings.ToLower(text)) {
		if !strings.Contains(all, w) {
			return false
		}
	}
	return true
}

// FillError says which parameter of an entry cannot be used as it was filled in.
type FillError struct {
	Entry     string
	Parameter string // "" where it is about the condition itself
	Reason    string
}

func (e *FillError) Error() string {
	if e.Parameter == "" {
		return fmt.Sprintf("library scenario %q: %s", e.Entry, e.Reason)
	}
	return fmt.Sprintf("library scenario %q: parameter %s: %s", e.Entry, e.Parameter, e.Reason)
}

// Fill is the condition with values in the place of the parameters. A value is
// one text, whatever it holds: it cannot become a part of the condition. The
// error is a [*FillError]; names that are no parameter are errors too.
func (e *Entry) Fill(values map[string][]string) (string, error) {
	var names []string
	for _, p := range e.Parameters {
		names = append(names, p.Name)
	}
	for name := range values {
		if !slices.Contains(names, name) {
			return "", &FillError{e.Title, name, "there is no such parameter" + meant(name, names)}
		}
	}
	text, spans, err := e.put(func(p Parameter) []string {
		if v := values[p.Name]; len(v) > 0 {
			return v
		}
		return p.Default
	})
	if err != nil {
		return "", err
	}
	c, err := kql.ParseCondition(text)
	var wrong *kql.ConditionError
	if errors.As(err, &wrong) {
		name := ""
		for _, s := range spans {
			if s.end > wrong.Offset {
				name = s.name
				break
			}
		}
		return "", &FillError{e.Title, name, wrong.Reason}
	}
	for _, t := range kql.Tests(c) {
		if v, reason := t.Misfit(); reason != "" {
			return "", &FillError{e.Title, e.has(values, v), reason + "; commas stand between several values"}
		}
	}
	return text, nil
}

// has names the parameter that has a value, "" where none has.
func (e *Entry) has(values map[string][]string, v string) string {
	for _, p := range e.Parameters {
		if slices.Contains(values[p.Name], v) || len(values[p.Name]) == 0 && slices.Contains(p.Default, v) {
			return p.Name
		}
	}
	return ""
}

// placed is where the values of a parameter stand.
type placed struct {
	name string
	end  int
}

// put writes values in the place of parameters. A { in quotes is text.
func (e *Entry) put(values func(Parameter) []string) (string, []placed, error) {
	var b strings.Builder
	var all []placed
	for rest := e.Condition; rest != ""; {
		n := next(rest)
		b.WriteString(rest[:n])
		if rest = rest[n:]; rest == "" {
			break
		}
		name, behind, closed := strings.Cut(rest[1:], "}")
		at := slices.IndexFunc(e.Parameters, func(p Parameter) bool { return p.Name == name })
		if !closed || at < 0 {
			return "", nil, &FillError{e.Title, name, "the condition names it, and it is not among the parameters"}
		}
		vs := values(e.Parameters[at])
		if len(vs) == 0 {
			return "", nil, &FillError{e.Title, name, "fill in " + e.Parameters[at].Means}
		}
		for i, v := range vs {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(kql.QuoteValue(v))
		}
		all = append(all, placed{name, b.Len()})
		rest = behind
	}
	return b.String(), all, nil
}

// next is how far the next { outside of quotes is, or the whole text.
func next(text string) int {
	for at := 0; at < len(text); at++ {
		switch text[at] {
		case '{':
			return at
		case '\'':
			end := strings.IndexByte(text[at+1:], '\'')
			if end < 0 {
				return len(text)
			}
			at += end + 1
		case '"':
			for at++; at < len(text) && text[at] != '"'; at++ {
				if text[at] == '\\' {
					at++
				}
			}
		}
	}
	return len(text)
}

// needsQuotes are the signs of a value that stands in quotes: elsewhere they are
// nearly always meant otherwise.
const needsQuotes = ";\""

// Values takes apart what an analyst typed for a parameter: values between
// commas. One with a comma, a semicolon or a double quote in it stands in quotes,
// as in a condition. The error says what cannot be read.
func Values(text string) (all []string, err error) {
	for {
		if text = strings.TrimLeft(text, " \t,"); text == "" {
			return all, nil
		}
		if text[0] != '"' && text[0] != '\'' {
			v, rest, _ := strings.Cut(text, ",")
			v = strings.TrimSpace(v)
			if strings.ContainsAny(v, needsQuotes) {
				return nil, fmt.Errorf("%s: values stand between commas; one that has %s in it stands in quotes as a whole", feed.Quote(v), v[strings.IndexAny(v, needsQuotes):][:1])
			}
			all, text = append(all, v), rest
			continue
		}
		v, rest, ok := quoted(text)
		rest = strings.TrimLeft(rest, " \t")
		if !ok || rest != "" && rest[0] != ',' {
			return nil, fmt.Errorf(`%s is not finished, or has an unknown escape; write "a, b" or 'C:\a, b'`, feed.Quote(text))
		}
		all, text = append(all, v), rest
	}
}

// quoted reads the text in quotes that another one begins with.
func quoted(text string) (v, rest string, ok bool) {
	for at := 1; at < len(text); at++ {
		switch {
		case text[at] == text[0] && text[0] == '\'':
			return text[1:at], text[at+1:], true
		case text[at] == text[0]:
			v, ok = kql.Unquote(text[:at+1])
			return v, text[at+1:], ok
		case text[at] == '\\' && text[0] == '"':
			at++
		}
	}
	return "", "", false
}

// FormatValues writes values as [Values] reads them.
func FormatValues(values []string) string {
	all := make([]string, len(values))
	for i, v := range values {
		if all[i] = v; v != strings.TrimSpace(v) || strings.ContainsAny(v, ",\t"+needsQuotes) || strings.ContainsAny(v[:min(1, len(v))], `"'`) {
			all[i] = kql.QuoteValue(v)
		}
	}
	return strings.Join(all, ", ")
}

func meant(word string, names []string) string {
	if near := feed.Nearest(word, names); near != "" {
		return "; did you mean " + near + "?"
	}
	if len(names) == 0 {
		return "; it has none"
	}
	return "; use " + strings.Join(names, ", ")
}
