package chat

// ofWords reports whether alerts of the kind are about what somebody wrote, and about
// nothing else.
func (k AlertKind) ofWords() bool { return k == AlertMention || k == AlertMessage || k == AlertTalk }

// TakenBack reports whether events take back the newest message that an alert is about,
// or its time is over.
func (a Alert) TakenBack(events []Event) bool {
	if !a.Kind.ofWords() {
		return false
	}
	for _, e := range events {
		switch e.Kind {
		case KindRedact:
			if b, err := Decode[Redacted](e); err == nil && b.Target == a.Seq {
				return true
			}
		case KindTalkEmptied:
			if b, err := Decode[TalkEmptied](e); err == nil && b.UpTo >= a.Seq {
				return true
			}
		}
	}
	return false
}
