// Package otx reads pulses of the Open Threat Exchange as its API gives them: one
// pulse, a list, the answer to "subscribed" {"results":[...]}, and indicators
// without a pulse.
//
// Each pulse is a document with its name, description and count of indicators.
// The types are those of the API (OTX Python SDK, IndicatorTypes.py); paths,
// mutexes, vulnerabilities, rules and hashes of parts of a file are counted in
// findings. First seen is when the indicator was created, in UTC; a role such as
// "command_and_control" is the threat. The family is the malware of the pulse if
// it names one alone. Tags are the role, the pulse's tags, further malware,
// adversary, ATT&CK numbers, TLP, the expiration, title and description; the
// reference is the pulse's first. An indicator that is not active is a mention.
package otx
