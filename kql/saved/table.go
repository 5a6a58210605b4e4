package saved

import (
	"encoding/csv"
	"fmt"
	"strings"
)

// sheet writes CSV files of bounded size, every one with the header.
type sheet struct {
	header string
	rows   int // at most in a file; 0 is any number
	bytes  int // at most in a file; 0 is any number
	parts  []string
	now    strings.Builder
	inNow  int
}

func newSheet(header []string, rows, bytes int) (*sheet, error) {
	h, err := csvLine(header)
	return &sheet{header: h, rows: rows, bytes: bytes}, err
}

// add writes a line that [csvLine] made, in a new part where the one before is
// full.
func (s *sheet) add(line string) {
	full := s.rows > 0 && s.inNow == s.rows || s.bytes > 0 && s.now.Len()+len(line) > s.bytes
	if s.inNow > 0 && full {
		s.close()
	}
	if s.inNow == 0 {
		s.now.WriteString(s.header)
	}
	s.now.WriteString(line)
	s.inNow++
}

func (s *sheet) close() {
	if s.inNow > 0 {
		s.parts = append(s.parts, s.now.String())
	}
	s.now.Reset()
	s.inNow = 0
}

// files names the parts: base.csv, or base-1-of-3.csv and so on.
func (s *sheet) files(base string) []File {
	s.close()
	var files []File
	for i, text := range s.parts {
		name := base + ".csv"
		if len(s.parts) > 1 {
			name = fmt.Sprintf("%s-%d-of-%d.csv", base, i+1, len(s.parts))
		}
		files = append(files, File{name, text})
	}
	return files
}

// csvLine writes one record with its line end.
func csvLine(cells []string) (string, error) {
	var b strings.Builder
	w := csv.NewWriter(&b)
	err := w.Write(cells)
	w.Flush()
	if err == nil {
		err = w.Error()
	}
	return b.String(), err
}
