//go:build unix

package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"quarry/feed"
	"quarry/internal/require"
	"quarry/review/store"
	"quarry/ui/termtest"
)

// inState is the built program with a state folder that several runs share.
func inState(t testing.TB, state string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := quarry(t, args...)
	cmd.Env = append(cmd.Env, "XDG_STATE_HOME="+state, "XDG_RUNTIME_DIR="+state, "TMPDIR="+state)
	return cmd
}

// shownBy are the decisions that `quarry reviews show` prints, and those of them
// that are in force.
func shownBy(t testing.TB, state string, id int) (words []string, inForce int) {
	t.Helper()
	out, err := inState(t, state, "reviews", "show", "--json", strconv.Itoa(id)).Output()
	var failed *exec.ExitError
	if errors.As(err, &failed) && regexp.MustCompile("there is no review|no review was saved").Match(failed.Stderr) {
		return nil, 0 // it ended before there was one
	}
	if err != nil {
		t.Fatalf("quarry reviews show: %v", err)
	}
	for line := range bytes.Lines(out) {
		var d shownDecision
		if err := json.Unmarshal(line, &d); err != nil {
			t.Fatal(err)
		}
		words = append(words, d.Words)
		if !d.Undone {
			inForce++
		}
	}
	return words, inForce
}

var (
	onScreen    = regexp.MustCompile(`(\d+) of 14 (?:IOCs )?on`)
	benignShown = regexp.MustCompile(`(?m)^. \[[ x]\] .* benign\b`)
)

// TestKilled: whatever was shown as decided when the program is killed is found
// again, in its order, at any moment.
func TestKilled(t *testing.T) {
	const kills = 50
	doc := sample(t, "sample.md")
	builtBinary(t)
	found := make(chan int, kills)
	t.Run("moments", func(t *testing.T) {
		for seed := range uint64(kills) {
			t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
				t.Parallel()
				found <- kill(t, doc, rand.New(rand.NewPCG(seed, 4)))
			})
		}
	})
	close(found)
	sum, several := 0, 0
	for n := range found {
		if sum += n; n > 1 {
			several++
		}
	}
	if several < kills/5 {
		t.Errorf("only %d of %d kills came when several decisions were shown, %d in all", several, kills, sum)
	}
}

// kill kills the program at a moment of a session and returns how many decisions
// were shown.
func kill(t *testing.T, doc string, random *rand.Rand) (shown int) {
	state := t.TempDir()
	p := termtest.StartPty(t, 120, 60, inState(t, state, doc))
	p.WaitFor("14 of 14 ")
	// The clock gives the moment; nothing is waited for with it.
	keys := 1 + random.IntN(42)
	for i := range keys {
		p.Press([]string{"space", "b", "down"}[i%3])
		if random.IntN(4) == 0 {
			<-time.After(time.Duration(random.IntN(12)) * time.Millisecond)
		}
	}
	<-time.After(time.Duration(random.IntN(40)) * time.Millisecond)
	p.Signal(syscall.SIGKILL)
	_ = p.Wait() // it was killed
	screen := p.Screen()
	off := 0
	if n := onScreen.FindStringSubmatch(screen); n != nil {
		on, _ := strconv.Atoi(n[1])
		off = 14 - on
	}
	benign := len(benignShown.FindAllString(screen, -1))
	words, inForce := shownBy(t, state, 1)
	savedOff, savedBenign := 0, 0
	for i, w := range words {
		switch {
		case strings.HasPrefix(w, "switched off ") && i%2 == 0:
			savedOff++
		case strings.HasPrefix(w, "called ") && strings.HasSuffix(w, " benign") && i%2 == 1:
			savedBenign++
		default:
			t.Errorf("decision %d is %q", i+1, w)
		}
	}
	if inForce != len(words) {
		t.Errorf("%d of %d decisions are in force", inForce, len(words))
	}
	if !strings.Contains(screen, "not saved yet") && (off > savedOff || benign > savedBenign) {
		t.Errorf("%d off and %d benign were shown, %d and %d are saved:\n%s", off, benign, savedOff, savedBenign, screen)
	}
	return off + benign
}

// TestResumes: however a session ends, the next one goes on where it was, and undo
// and redo with it.
func TestResumes(t *testing.T) {
	for name, end := range map[string]func(p *termtest.Pty){
		"q":       func(p *termtest.Pty) { p.Press("q", "q") },
		"SIGKILL": func(p *termtest.Pty) { p.Signal(syscall.SIGKILL) },
		"SIGTERM": func(p *termtest.Pty) { p.Signal(syscall.SIGTERM) },
		"SIGHUP":  func(p *termtest.Pty) { p.Signal(syscall.SIGHUP) },
		"stopped": func(p *termtest.Pty) {
			p.Signal(syscall.SIGSTOP)
			p.Signal(syscall.SIGCONT)
			p.Press("q", "q")
		},
	} {
		t.Run(name, func(t *testing.T) {
			state, doc := t.TempDir(), sample(t, "sample.md")
			p := termtest.StartPty(t, 80, 24, inState(t, state, doc))
			p.WaitFor("14 of 14 ")
			p.Press("down", "space", "down", "b", "m", "u", "/")
			p.WaitFor("filter:")
			p.Type("lantern")
			p.Press("enter", "2", "down")
			p.WaitFor("Tables")
			p.WaitFor("filter: lantern")
			eventually(t, "the place in the database", func() bool { return savedPlace(t, state).Filter == "lantern" })
			end(p)
			_ = p.Wait() // each ends in its own way
			if name != "SIGKILL" {
				if left := p.LeftOn(); len(left) > 0 {
					t.Errorf("the terminal was left with %v", left)
				}
			}
			p = termtest.StartPty(t, 80, 24, inState(t, state, doc))
			p.WaitFor("resumed: 2 decisions")
			p.WaitFor("13 of 14 ")
			p.WaitFor("filter: lantern")
			p.WaitFor("2 Tables")
			p.Press("ctrl+r")
			p.WaitFor("done again: called")
			p.Press("u", "u")
			p.WaitFor("undone: called")
			p.Press("u")
			p.WaitFor("14 of 14 ")
			p.Press("q", "q")
			if err := p.Wait(); err != nil {
				t.Error(err)
			}
			p = termtest.StartPty(t, 80, 24, inState(t, state, "--new", doc))
			p.WaitFor("14 of 14 ")
			if strings.Contains(p.Screen(), "resumed") {
				t.Error("a new review was resumed")
			}
		})
	}
}

// savedPlace is where the database says that the analyst is.
func savedPlace(t testing.TB, state string) store.Place {
	t.Helper()
	s, err := store.OpenExisting(filepath.Join(state, "quarry"))
	if err != nil {
		return store.Place{} // it is being made
	}
	defer s.Close()
	p, err := s.Place(1)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestResumesStandardInput: a document that is no file is kept with its review.
func TestResumesStandardInput(t *testing.T) {
	state := t.TempDir()
	piped := func() *termtest.Pty {
		cmd := exec.Command("sh", "-c", `cat "$1" | "$0" -`, builtBinary(t), sample(t, "sample.md"))
		cmd.Env = inState(t, state).Env
		return termtest.StartPty(t, 100, 30, cmd)
	}
	p := piped()
	p.WaitFor("14 of 14 ")
	p.Press("space")
	p.WaitFor("13 of 14 ")
	p.Press("q", "q")
	if err := p.Wait(); err != nil {
		t.Error(err)
	}
	p = piped()
	p.WaitFor("resumed: 1 decision")
	p.Press("q")
	if err := p.Wait(); err != nil {
		t.Error(err)
	}
	p = termtest.StartPty(t, 100, 30, inState(t, state, "reviews", "resume", "1"))
	p.WaitFor("resumed: 1 decision")
	p.Press("b")
	p.WaitFor("called lantern-cdn[.]example benign")
	p.Press("q", "q")
	if err := p.Wait(); err != nil {
		t.Error(err)
	}
	if words, _ := shownBy(t, state, 1); len(words) != 2 {
		t.Errorf("the decisions are %q", words)
	}
}

// TestTwoProcesses: the second one sees who has the review, what is decided there,
// and takes it over.
func TestTwoProcesses(t *testing.T) {
	state, doc := t.TempDir(), sample(t, "sample.md")
	first := termtest.StartPty(t, 100, 30, inState(t, state, doc))
	first.WaitFor("14 of 14 ")
	first.Press("space")
	first.WaitFor("13 of 14 ")
	second := inState(t, state, doc)
	second.Env = append(second.Env, "QUARRY_REVIEWER=Sam Example")
	other := termtest.StartPty(t, 100, 30, second)
	other.WaitFor("Robin Example on")
	other.WaitFor("read-only")
	other.WaitFor("13 of 14 ")
	other.Press("down", "space")
	other.WaitFor("has this review; T takes it over")
	first.Press("down", "space")
	first.WaitFor("12 of 14 ")
	other.WaitFor("12 of 14 ")
	other.Press("T")
	other.WaitFor("this review is yours now")
	first.WaitFor("Sam Example on")
	first.WaitFor("read-only")
	other.Press("down", "space")
	other.WaitFor("11 of 14 ")
	first.WaitFor("11 of 14 ")
	first.Press("space")
	first.WaitFor("has this review; T takes it over")
	for _, p := range []*termtest.Pty{first, other} {
		p.Press("q", "q")
		if err := p.Wait(); err != nil {
			t.Error(err)
		}
	}
	if words, _ := shownBy(t, state, 1); len(words) != 3 {
		t.Errorf("the decisions are %q", words)
	}
}

// TestMemoryOfAnotherProcess: what is judged in one process stands beside the rows of
// another one that has another document open, and can be taken over there.
func TestMemoryOfAnotherProcess(t *testing.T) {
	state := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	first := termtest.StartPty(t, 100, 30, inState(t, state, write("kite.csv", "type,value\ndomain,cdn.lantern.test\ndomain,kite.example\n")))
	first.WaitFor("2 of 2 ")
	second := inState(t, state, write("paper.csv", "type,value\ndomain,paper.example\ndomain,cdn.lantern.test\n"))
	second.Env = append(second.Env, "QUARRY_REVIEWER=Sam Example")
	other := termtest.StartPty(t, 100, 30, second)
	other.WaitFor("2 of 2 ")
	first.Press("b")
	first.WaitFor("called cdn[.]lantern[.]test benign")
	other.WaitFor("benign?")
	other.WaitFor("1 known")
	other.Press("A")
	other.WaitFor("took over what is remembered of cdn[.]lantern[.]test: benign, as")
	other.Press("down", "m") // what was taken over is no opinion of their own, this is
	other.WaitFor("called cdn[.]lantern[.]test malicious")
	first.WaitFor("1 known")
	first.Press("enter")
	first.WaitFor("Sam Example (paper.csv)")
	first.Press("esc")
	for _, p := range []*termtest.Pty{first, other} {
		p.Press("q", "q")
		if err := p.Wait(); err != nil {
			t.Error(err)
		}
	}
	out, err := inState(t, state, "memory", "--json").Output()
	if err != nil || bytes.Count(out, []byte("\n")) != 2 || bytes.Count(out, []byte(`"verdict":"benign"`)) != 1 || bytes.Count(out, []byte(`"verdict":"malicious"`)) != 1 {
		t.Errorf("remembered is %s, %v", out, err)
	}
}

// TestHomeThatCannotBeWritten: a file in the place of the folder does for root too
// what missing permission does. What was decided goes to another folder, which is
// named, and can be taken in.
func TestHomeThatCannotBeWritten(t *testing.T) {
	state, temp := t.TempDir(), t.TempDir()
	file := filepath.Join(state, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := inState(t, file, sample(t, "sample.md"))
	cmd.Env = append(cmd.Env, "TMPDIR="+temp, "XDG_RUNTIME_DIR="+temp)
	p := termtest.StartPty(t, 100, 30, cmd)
	p.WaitFor("not in the database: not a directory")
	p.Press("space")
	p.WaitFor("13 of 14 ")
	p.WaitFor("kept in a file that is named on the way out")
	p.Press("down")
	p.WaitFor("saved to a file")
	leaveUnsaved(t, p, state, 1)
}

// leaveUnsaved leaves a session that could not save, and takes in what it wrote.
func leaveUnsaved(t *testing.T, p *termtest.Pty, state string, want int) {
	t.Helper()
	p.Press("q", "q")
	if err := p.Wait(); err != nil {
		t.Error(err)
	}
	if left := p.LeftOn(); len(left) > 0 {
		t.Errorf("the terminal was left with %v", left)
	}
	named := regexp.MustCompile(`quarry reviews import (\S+` + store.UnsavedPrefix + `\w+\.jsonl)`).FindStringSubmatch(p.Output())
	if named == nil {
		t.Fatalf("no file is named on the way out:\n%s", p.Output())
	}
	if info, err := os.Stat(named[1]); err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%s: %v, %v", named[1], info, err)
	}
	out, err := inState(t, state, "reviews", "import", named[1]).Output()
	if err != nil || !strings.Contains(string(out), feed.Counted(want, "decision")+" taken in") {
		t.Errorf("import: %s %v", out, err)
	}
	if words, _ := shownBy(t, state, 1); len(words) != want {
		t.Errorf("the decisions are %q", words)
	}
}

// TestFullDisk fills a small file system under the program.
func TestFullDisk(t *testing.T) {
	unshare := require.Tool(t, "unshare", "apt-get install util-linux")
	if err := exec.Command(unshare, "-rm", "mount", "-t", "tmpfs", "none", t.TempDir()).Run(); err != nil {
		return // this machine lets nobody have file systems of their own
	}
	small, state, temp := t.TempDir(), t.TempDir(), t.TempDir()
	cmd := exec.Command(unshare, "-rm", "sh", "-c", `mount -t tmpfs -o size=256k none "$1" && exec "$0" "$2"`, builtBinary(t), small, sample(t, "sample.md"))
	cmd.Env = append(inState(t, small).Env, "TMPDIR="+temp, "XDG_RUNTIME_DIR="+temp)
	p := termtest.StartPty(t, 100, 30, cmd)
	p.WaitFor("14 of 14 ")
	note := strings.Repeat("this takes room ", 240)
	n := 0
	for full := false; !full; n++ {
		if n == 200 {
			t.Fatalf("200 notes did not fill it:\n%s", p.Screen())
		}
		p.Press("e")
		p.WaitFor("note:")
		p.Press("ctrl+u")
		p.Paste(strconv.Itoa(n) + " " + note)
		p.Press("enter")
		p.Until("the answer", func() bool {
			full = strings.Contains(p.Screen(), "the disk is full")
			return full || strings.Contains(p.Screen(), ": "+strconv.Itoa(n)+" this takes")
		})
		if !full {
			p.Press("down")
			p.Until("the keys", func() bool { return strings.Contains(p.Screen(), "? keys") })
		}
	}
	p.Press("space")
	p.WaitFor("13 of 14 ")
	p.WaitFor("saved to a file")
	leaveUnsaved(t, p, state, n+1)
}

// BenchmarkResumed is the time from the start of the program to the first screen
// where a review is resumed.
func BenchmarkResumed(b *testing.B) {
	state, doc := b.TempDir(), sample(b, "sample.md")
	for b.Loop() {
		p := termtest.StartPty(b, 120, 40, inState(b, state, doc))
		p.WaitFor("lantern-cdn[.]example")
		p.Press("q")
		if err := p.Wait(); err != nil {
			b.Fatal(err)
		}
	}
}
