package records

import (
	"errors"

	"quarry/feed"
)

// Broken takes the error that ended the reading of a document, or nil. Where
// something was read before, the error becomes a finding and nil is returned;
// else it is the error of the whole. The error of a sink is no such error and
// must not come here.
func (d *Document) Broken(err error, read bool) error {
	var in *feed.InputError
	switch {
	case err == nil:
		return nil
	case !read || !errors.As(err, &in):
		return err
	}
	d.Find("text-cut", feed.Error, in.Line, "the document cannot be read further (%s), so what follows is missing; %s", in.Reason, in.Advice)
	return nil
}
