package bind

import (
	"bufio"
	"bytes"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"time"
)

// patience is how long one question may take, the start of node included,
// before the process is taken for stuck and ended.
const patience = 2 * time.Minute

//go:embed service/serve.mjs
var serveScript string

//go:embed service/kusto.mjs
var kustoScript []byte

// node is the running process.
type node struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *bufio.Reader
	stderr bytes.Buffer // read only after the process has ended
}

// start runs the scripts from the command line, so that they need no file.
func (s Service) start() (*node, error) {
	program, err := s.program()
	if err != nil {
		return nil, err
	}
	folder, err := filepath.Abs(s.Folder)
	if err != nil {
		return nil, &ServiceError{"starting node", err}
	}
	module := "data:text/javascript;base64," + base64.StdEncoding.EncodeToString(kustoScript)
	n := &node{cmd: exec.Command(program, "--input-type=module", "--eval", serveScript, "--", module, folder)}
	// Not the program's own stderr: what waits for that would wait for node too.
	n.cmd.Stderr = &n.stderr
	out, err := n.cmd.StdoutPipe()
	if err != nil {
		return nil, &ServiceError{"starting node", err}
	}
	n.out = bufio.NewReader(out)
	if n.in, err = n.cmd.StdinPipe(); err != nil {
		return nil, &ServiceError{"starting node", err}
	}
	if err := n.cmd.Start(); err != nil {
		return nil, &ServiceError{"starting node", err}
	}
	return n, nil
}

func (n *node) exchange(question any) ([]byte, error) {
	line, err := json.Marshal(question)
	if err != nil {
		return nil, &ServiceError{"writing the question", err}
	}
	stuck := time.AfterFunc(patience, func() { n.cmd.Process.Kill() })
	defer stuck.Stop()
	if _, err := n.in.Write(append(line, '\n')); err != nil {
		return nil, &ServiceError{"asking node", err}
	}
	reply, err := n.out.ReadBytes('\n')
	switch {
	case err == nil:
		return reply, nil
	case stuck.Stop():
		return nil, &ServiceError{"waiting for node", err}
	default:
		return nil, &ServiceError{"waiting for node", fmt.Errorf("no answer within %v; is the query very long?", patience)}
	}
}

// close lets node end by the end of its input and reports how it ended, with
// its own words.
func (n *node) close() error {
	n.in.Close() // a second close, or one after node's death, tells nothing new
	stuck := time.AfterFunc(patience, func() { n.cmd.Process.Kill() })
	defer stuck.Stop()
	if err := n.cmd.Wait(); err != nil {
		return &ServiceError{"ending node", fmt.Errorf("%w: %s", err, bytes.TrimSpace(n.stderr.Bytes()))}
	}
	return nil
}
