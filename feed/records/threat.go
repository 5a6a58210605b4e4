package records

import (
	"strings"

	"quarry/feed"
)

// threatWords are the words of sources that say what ThreatFox calls a threat
// type and nothing else: ThreatFox's own, those of the kill chain and of the
// roles that OTX gives to indicators. Words that may mean more, such as
// "delivery", "malware" or "phishing", are none.
var threatWords = map[string]feed.Threat{
	"botnet cc": feed.BotnetCC, "botnet c2": feed.BotnetCC, "botnet c2 server": feed.BotnetCC, "c2": feed.BotnetCC, "c2 server": feed.BotnetCC,
	"c&c": feed.BotnetCC, "command and control": feed.BotnetCC, "command & control": feed.BotnetCC,
	"payload delivery": feed.PayloadDelivery, "payload delivery url": feed.PayloadDelivery, "payload delivery server": feed.PayloadDelivery,
	"payload delivery domain": feed.PayloadDelivery, "malware hosting": feed.PayloadDelivery, "malware distribution": feed.PayloadDelivery,
	"payload":     feed.Payload,
	"cc skimming": feed.CCSkimming, "credit card skimming": feed.CCSkimming,
}

// ThreatOf is the threat that one word of a source plainly says of an indicator
// of a type, or "": a hash is no server, and a server no payload.
func ThreatOf(t feed.Type, word string) feed.Threat {
	word = strings.Join(strings.FieldsFunc(strings.ToLower(word), func(r rune) bool { return r == ' ' || r == '-' || r == '_' }), " ")
	threat := threatWords[word]
	switch t {
	case feed.IP, feed.IPPort, feed.CIDR, feed.Domain, feed.URL:
		if threat == feed.Payload {
			return ""
		}
	default:
		if threat != feed.Payload || !t.IsHash() && t != feed.FileName {
			return ""
		}
	}
	return threat
}
