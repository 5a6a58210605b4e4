package export

import (
	"quarry/feed"
	"quarry/feed/records"
)

// Status judges how a project says that it answered, with its words in place of
// data: that there is nothing is a finding, and so is a sentence where data should
// be; anything but "ok" is the error, an [*feed.InputError].
func Status(d *records.Document, name, project, status, says string, line int) error {
	words := status
	if says != "" {
		words += ": " + says
	}
	if status == "" || status == "ok" {
		if says != "" {
			d.Find("no-result", feed.Warning, line, "%s answers %s in place of data, so there is no IOC", project, feed.Quote(says))
		}
		return nil
	}
	switch status {
	case "no_result", "no_results", "hash_not_found", "file_not_found":
		d.Find("no-result", feed.Info, line, "%s answers %s, so there is no IOC", project, feed.Quote(words))
		return nil
	}
	return &feed.InputError{
		Name: name, Line: line, Reason: project + " answers " + feed.Quote(words),
		Advice: "ask again, with an Auth-Key and a question that it takes",
	}
}
