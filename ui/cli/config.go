package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/adrg/xdg"
	"go.yaml.in/yaml/v3"

	"quarry/exclusions/warnings"
	"quarry/feed"
)

// configFile is where an analyst's settings are.
func configFile() string { return filepath.Join(xdg.ConfigHome, "quarry", "config.yaml") }

// listsFolder is where an analyst's warning lists are.
func listsFolder() string { return filepath.Join(xdg.ConfigHome, "quarry", "warning-lists") }

// config is what the settings say.
type config struct {
	Warnings struct {
		// Rules are the levels of rules by their code.
		Rules map[string]warnings.Level `yaml:"rules"`
		// LowConfidence is the confidence, in percent, below which a source is
		// not sure.
		LowConfidence int `yaml:"low_confidence"`
	} `yaml:"warnings"`
}

// loadConfig reads the settings. No file is no settings; a mistake is an error
// with its line.
func loadConfig() (config, error) {
	var c config
	text, err := os.ReadFile(configFile())
	if errors.Is(err, fs.ErrNotExist) {
		return c, nil
	}
	if err != nil {
		return c, err
	}
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	if err := dec.Decode(&c); err != nil && err != io.EOF {
		return c, fmt.Errorf("%s: %w", configFile(), err)
	}
	for code, level := range c.Warnings.Rules {
		if c.Warnings.Rules[code], err = warnings.ParseLevel(string(level)); err != nil {
			return c, fmt.Errorf("%s: warnings: rules: %s: %w", configFile(), code, err)
		}
	}
	if n := c.Warnings.LowConfidence; n < 0 || n > 100 {
		return c, fmt.Errorf("%s: warnings: low_confidence: %d is no percentage from 0 to 100", configFile(), n)
	}
	return c, nil
}

// suspicions begins to read what says which IOCs are suspicious. The function
// waits for it, and tells on standard error which warning lists cannot be read.
func (p *program) suspicions() func() (*warnings.Checker, error) {
	var checker *warnings.Checker
	var said []string
	var err error
	done := make(chan struct{})
	go func() {
		defer close(done)
		checker, said, err = readChecker()
	}()
	return func() (*warnings.Checker, error) {
		<-done
		for _, s := range said {
			fmt.Fprintf(p.stderr, "quarry: %s\n", s)
		}
		return checker, err
	}
}

// readChecker reads the settings and the warning lists. What is said is why some
// of the lists are not used.
func readChecker() (checker *warnings.Checker, said []string, err error) {
	c, err := loadConfig()
	if err != nil {
		return nil, nil, err
	}
	lists, errs := warnings.ReadLists(listsFolder())
	for _, err := range errs {
		said = append(said, err.Error())
	}
	for _, l := range lists {
		for _, s := range l.Skipped {
			said = append(said, "the warning list "+feed.Quote(l.Name)+": not used: "+s)
		}
	}
	checker, err = warnings.New(warnings.Options{Levels: c.Warnings.Rules, MinConfidence: c.Warnings.LowConfidence, Now: time.Now(), Lists: lists})
	if err != nil {
		return nil, said, fmt.Errorf("%s: warnings: %w", configFile(), err)
	}
	return checker, said, nil
}
