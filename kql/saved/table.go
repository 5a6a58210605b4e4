package saved

import (
	"encoding/csv"
	"fmt"
	"strings"
)

// limits bound a part of a [sheet]; 0 is no bound.
type limits struct {
	rows  int // of a part
	bytes int // of a part
	line  int // bytes of a row with its line end
}

// sheet writes CSV files of bounded size, every one with the header.
type sheet struct {
	limits
	header string
	parts  []string
	now    strings.Builder
	inNow  int
	total  int // rows

	row strings.Builder // one row, between csv.Writer and its part
	csv *csv.Writer
}

func newSheet(header []string, of limits) (*sheet, error) {
	s := &sheet{limits: of}
	s.csv = csv.NewWriter(&s.row)
	var err error
	s.header, err = s.text(header)
	return s, err
}

// text writes one record with its line end.
func (s *sheet) text(cells []string) (string, error) {
	s.row.Reset()
	if err := s.csv.Write(cells); err != nil {
		return "", err
	}
	s.csv.Flush()
	return s.row.String(), s.csv.Error()
}

// add writes a row, in a new part where the one before is full, and reports
// whether it is short enough to be written.
func (s *sheet) add(cells []string) (bool, error) {
	line, err := s.text(cells)
	if err != nil || s.line > 0 && len(line) > s.line {
		return false, err
	}
	full := s.rows > 0 && s.inNow == s.rows || s.bytes > 0 && s.now.Len()+len(line) > s.bytes
	if s.inNow > 0 && full {
		s.close()
	}
	if s.inNow == 0 {
		s.now.WriteString(s.header)
	}
	s.now.WriteString(line)
	s.inNow++
	s.total++
	return true, nil
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
