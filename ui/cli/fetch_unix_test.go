//go:build unix

package cli

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"quarry/ui/termtest"
)

// TestFetchInterrupted holds that an interrupt ends the waiting for ThreatFox at
// once, be it for an answer or for the next attempt, and leaves no file.
func TestFetchInterrupted(t *testing.T) {
	for name, handler := range map[string]http.HandlerFunc{
		"an answer":    func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"another turn": func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Retry-After", "60"); w.WriteHeader(429) },
	} {
		t.Run(name, func(t *testing.T) {
			asked := make(chan struct{}, 10)
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body) // else the server does not see that the program is gone
				asked <- struct{}{}
				handler(w, r)
			}))
			defer s.Close()
			cmd := exec.Command(builtBinary(t), "fetch", "threatfox")
			cmd.Dir = t.TempDir()
			cmd.Env = append(environ(t), keyVariable+"=7e57-0f-a-key-that-is-nowhere", endpointVariable+"="+s.URL)
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			select {
			case <-asked:
			case <-time.After(termtest.Patience):
				t.Error("nothing was asked")
			}
			signalTo(t, cmd.Process.Pid, syscall.SIGINT)
			var ended *exec.ExitError
			if err := cmd.Wait(); !errors.As(err, &ended) || ended.ExitCode() != ExitInterrupted {
				t.Errorf("ended with %v", err)
			}
			if files, err := os.ReadDir(cmd.Dir); err != nil || len(files) > 0 {
				t.Errorf("%v %v", files, err)
			}
		})
	}
}
