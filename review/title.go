package review

import (
	"cmp"
	"strings"

	"quarry/feed"
)

// collected is the folder or archive of so many documents.
type collected struct {
	documents int
	name      string
}

// Title names the review. Of one document or a few it is that of the first: its title,
// its family, or else the name of its file, without the folders before it, which are
// other ones for other people. Several files of one archive, and three or more of one
// folder, are named after that.
func (r *Review) Title() string {
	return cmp.Or(r.together(), titleOf(r.documents[0]))
}

func titleOf(d *feed.Bulletin) string { return cmp.Or(d.Title, d.Family, baseName(d.Source.Name)) }

// titleOf is the title of the document in which an IOC stands first: what was pasted into
// a review is not of the bulletin that was opened.
func (r *Review) titleOf(i feed.IOC) string {
	if len(r.documents) == 1 || len(i.Sources) == 0 {
		return r.Title()
	}
	return titleOf(r.documents[documentAt(r.documents, i.Sources[0])])
}

// Together reports whether the title is that of the folder or archive in which the
// documents are.
func (r *Review) Together() bool { return r.together() != "" }

func (r *Review) together() string {
	if n := len(r.documents); r.collected.documents != n {
		r.collected = collected{n, r.collection()}
	}
	return r.collected.name
}

// folderAt is where the name of a file begins, behind its folders.
func folderAt(name string) int { return strings.LastIndexAny(name, `/\`) + 1 }

func baseName(name string) string { return name[folderAt(name):] }

// collection is the name of the folder or archive that the first document and all
// others with a folder are in, or "".
func (r *Review) collection() string {
	files := map[string]bool{}
	folder := ""
	for n, d := range r.documents {
		name := d.Source.Name
		at := folderAt(name)
		switch {
		case at == 0 && n == 0:
			return ""
		case at == 0 || files[name]:
			continue // it was pasted, or is another document of the same file
		case n == 0:
			folder = name[:at]
		}
		files[name] = true
		for !strings.HasPrefix(name, folder) {
			folder = folder[:folderAt(strings.TrimRight(folder, `/\`))]
		}
	}
	name := baseName(strings.TrimRight(folder, `/\`))
	archive := strings.HasSuffix(strings.ToLower(name), ".zip")
	if name == "." || name == ".." || len(files) < 2 || len(files) < 3 && !archive {
		return ""
	}
	return name
}
