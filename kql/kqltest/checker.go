package kqltest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"
)

// patience is how long one question may take, the start of node included,
// before the process is taken for stuck and ended.
const patience = 2 * time.Minute

// Checker asks one node process about KQL. The process starts with the first
// question and ends with [Checker.Close], or when this program ends. The zero
// Checker is ready; it is safe for concurrent use, and answers one question at
// a time. Tests use the functions of this package, which share one Checker and
// skip where node is missing.
type Checker struct {
	mu   sync.Mutex
	node *node
}

// Check parses and binds a query against the schema of the target, "sentinel"
// or "defender". What is wrong with the query is in the result; an error means
// that there is no answer: node is missing, cannot load the language service,
// does not know the target, or took longer than two minutes.
func (c *Checker) Check(target, query string) (Result, error) {
	result := Result{Diagnostics: textFindings(query)}
	if len(result.Diagnostics) > 0 && result.Diagnostics[0].Code == codeNotUTF8 {
		return result, nil // what node would be sent is another text than the one in hand
	}
	var answer struct {
		Diagnostics []Diagnostic
		Columns     []Column
	}
	question := map[string]any{"check": map[string]string{"target": target, "query": query}}
	if err := c.ask(question, &answer); err != nil {
		return Result{}, err
	}
	offset := byteOffsets(query)
	for _, d := range answer.Diagnostics {
		d.Start, d.End = offset(d.Start), offset(d.End)
		result.Diagnostics = append(result.Diagnostics, d)
	}
	result.Columns = answer.Columns
	return result, nil
}

// Lex returns the tokens of a text as Microsoft's lexer reads it. An error
// means that there is no answer, as for [Checker.Check], or that the text is
// not valid UTF-8.
func (c *Checker) Lex(text string) ([]Token, error) {
	if found := textFindings(text); len(found) > 0 && found[0].Code == codeNotUTF8 {
		return nil, fmt.Errorf("kqltest: %s", found[0].Message)
	}
	var answer struct{ Tokens []Token }
	if err := c.ask(map[string]any{"lex": map[string]string{"text": text}}, &answer); err != nil {
		return nil, err
	}
	offset := byteOffsets(text)
	for i := range answer.Tokens {
		k := &answer.Tokens[i]
		k.Start, k.End = offset(k.Start), offset(k.End)
	}
	return answer.Tokens, nil
}

// Close ends the process and waits for its end. The next question starts a new
// one.
func (c *Checker) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.node == nil {
		return nil
	}
	n := c.node
	c.node = nil
	return n.close()
}

func (c *Checker) ask(question, answer any) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.node == nil {
		n, err := startNode()
		if err != nil {
			return err
		}
		c.node = n
	}
	line, err := c.node.exchange(question)
	if err != nil {
		// A process that broke its word once is not asked again.
		n := c.node
		c.node = nil
		return errors.Join(err, n.close())
	}
	var refused struct{ Error string }
	if err := json.Unmarshal(line, &refused); err != nil {
		return fmt.Errorf("kqltest: reading the answer of node: %w", err)
	}
	if refused.Error != "" {
		return fmt.Errorf("kqltest: the language service says: %s", refused.Error)
	}
	if err := json.Unmarshal(line, answer); err != nil {
		return fmt.Errorf("kqltest: reading the answer of node: %w", err)
	}
	return nil
}

// node is the running process.
type node struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *bufio.Reader
	stderr bytes.Buffer // read only after the process has ended
}

func startNode() (*node, error) {
	folder, err := repository()
	if err != nil {
		return nil, err
	}
	// Looking at each file lets the test cache of the go command see a change.
	for _, name := range []string{
		"check/serve.mjs", "check/kusto.mjs", "check/package.json",
		"schema/sentinel.json", "schema/defender.json", "schema/functions.json",
	} {
		if _, err := os.Stat(filepath.Join(folder, "kql", "kqltest", filepath.FromSlash(name))); err != nil {
			return nil, fmt.Errorf("kqltest: %w", err)
		}
	}
	n := &node{cmd: exec.Command("node", filepath.Join(folder, "kql", "kqltest", "check", "serve.mjs"))}
	// Not the binary's own stderr: go test would wait for it if node lingered.
	n.cmd.Stderr = &n.stderr
	out, err := n.cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("kqltest: starting node: %w", err)
	}
	n.out = bufio.NewReader(out)
	if n.in, err = n.cmd.StdinPipe(); err != nil {
		return nil, fmt.Errorf("kqltest: starting node: %w", err)
	}
	if err := n.cmd.Start(); err != nil {
		return nil, fmt.Errorf("kqltest: starting node: %w", err)
	}
	return n, nil
}

func (n *node) exchange(question any) ([]byte, error) {
	line, err := json.Marshal(question)
	if err != nil {
		return nil, fmt.Errorf("kqltest: writing the question: %w", err)
	}
	stuck := time.AfterFunc(patience, func() { n.cmd.Process.Kill() })
	defer stuck.Stop()
	if _, err := n.in.Write(append(line, '\n')); err != nil {
		return nil, fmt.Errorf("kqltest: asking node: %w", err)
	}
	reply, err := n.out.ReadBytes('\n')
	switch {
	case err == nil:
		return reply, nil
	case stuck.Stop():
		return nil, fmt.Errorf("kqltest: no answer from node: %w", err)
	default:
		return nil, fmt.Errorf("kqltest: no answer from node within %v; is the query very long?", patience)
	}
}

// close lets node end by the end of its input and reports how it ended, with
// its own words.
func (n *node) close() error {
	n.in.Close() // a second close, or one after node's death, tells nothing new
	stuck := time.AfterFunc(patience, func() { n.cmd.Process.Kill() })
	defer stuck.Stop()
	if err := n.cmd.Wait(); err != nil {
		return fmt.Errorf("kqltest: node ended with %w: %s", err, bytes.TrimSpace(n.stderr.Bytes()))
	}
	return nil
}
