package plain

import "strings"

// ruleActions and ruleProtocols begin a rule of Suricata or Snort.
var (
	ruleActions   = words("alert drop pass reject rejectsrc rejectdst rejectboth log sdrop block activate")
	ruleProtocols = words("tcp udp icmp ip http http1 http2 tls ssl dns smb ftp ftp-data ssh smtp quic file tcp-pkt tcp-stream any dcerpc nfs snmp mqtt websocket ike krb5 modbus enip dnp3 sip dhcp")
)

func words(list string) map[string]bool {
	all := map[string]bool{}
	for w := range strings.FieldsSeq(list) {
		all[w] = true
	}
	return all
}

// isRule reports whether a line is a rule of Suricata or Snort.
func isRule(line string) bool {
	fields := strings.Fields(line[:min(len(line), 4096)])
	return len(fields) > 3 && ruleActions[fields[0]] && ruleProtocols[fields[1]] && strings.Contains(line, "(") && strings.Contains(line, "sid:")
}
