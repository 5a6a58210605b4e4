package bind

import (
	"encoding/json"
	"errors"
	"fmt"
	"sync"
)

// Checker asks one Node process about KQL. The process starts with the first
// question and ends with [Checker.Close], or when this program ends. It is safe
// for concurrent use, and answers one question at a time.
type Checker struct {
	Service
	mu   sync.Mutex
	node *node
	told map[string]bool // the targets whose world the process knows
}

// ServiceError says that the language service gave no answer: Node could not
// start, ended, took longer than two minutes, or refused the question.
type ServiceError struct {
	Doing string // such as "starting node"
	Err   error
}

func (e *ServiceError) Error() string {
	return "Microsoft's language service: " + e.Doing + ": " + e.Err.Error()
}

func (e *ServiceError) Unwrap() error { return e.Err }

// Check parses and binds a query for a target, "sentinel" or "defender". What
// is wrong with the query is in the result; an error means that there is no
// answer: a [*MissingError], a [*ServiceError], or that there is no such target.
func (c *Checker) Check(target, query string) (Result, error) {
	result := Result{Diagnostics: textFindings(query)}
	if len(result.Diagnostics) > 0 && result.Diagnostics[0].Code == codeNotUTF8 {
		return result, nil // what node would be sent is another text than the one in hand
	}
	var answer struct {
		Diagnostics []Diagnostic
		Columns     []Column
	}
	question := map[string]any{"check": map[string]string{"world": target, "query": query}}
	if err := c.ask(target, question, &answer); err != nil {
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

// Lex returns the tokens of a text as Microsoft's lexer reads it, the end of the
// text last. An error means that there is no answer, as for [Checker.Check], or
// that the text is not valid UTF-8.
func (c *Checker) Lex(text string) ([]Token, error) {
	if found := textFindings(text); len(found) > 0 && found[0].Code == codeNotUTF8 {
		return nil, errors.New(found[0].Message)
	}
	var answer struct{ Tokens []Token }
	if err := c.ask("", map[string]any{"lex": map[string]string{"text": text}}, &answer); err != nil {
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

// ask asks a question about a target, "" for none, and tells a new process
// first what that target holds.
func (c *Checker) ask(target string, question, answer any) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.node == nil {
		n, err := c.start()
		if err != nil {
			return err
		}
		c.node, c.told = n, map[string]bool{}
	}
	if target != "" && !c.told[target] {
		w, err := c.world(target)
		if err != nil {
			return err
		}
		told := map[string]any{"world": map[string]any{"name": target, "tables": w.tables, "functions": w.functions}}
		if err := c.exchange(told, &struct{}{}); err != nil {
			return err
		}
		c.told[target] = true
	}
	return c.exchange(question, answer)
}

func (c *Checker) exchange(question, answer any) error {
	line, err := c.node.exchange(question)
	if err != nil {
		// A process that broke its word once is not asked again.
		n := c.node
		c.node = nil
		return errors.Join(err, n.close())
	}
	var refused struct{ Error string }
	if err := json.Unmarshal(line, &refused); err != nil {
		return &ServiceError{"reading the answer of node", err}
	}
	if refused.Error != "" {
		return &ServiceError{"answering", fmt.Errorf("it says: %s", refused.Error)}
	}
	if err := json.Unmarshal(line, answer); err != nil {
		return &ServiceError{"reading the answer of node", err}
	}
	return nil
}
