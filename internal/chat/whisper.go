package chat

import "time"

// Whisper is the rule of words for those alone who are there unseen, or know of
// them: the lead, the members, who whispers, and who watches openly. open are those
// who watch now.
func Whisper(s State, by Agent, m NewMessage, open []Watch, now time.Time) ([]Event, error) {
	if err := CheckText(m.Text, len(m.Files)); err != nil {
		return nil, err
	}
	t := s.OpenThread()
	switch {
	case t == nil:
		return nil, Errorf(Gone, "This conversation is closed. Write a note instead; your text is kept.")
	case t.Lead == "":
		return nil, Errorf(Conflict, "Nobody leads this conversation, so nobody would hear it. Write a note instead; your text is kept.")
	case !t.TakesPart(by.ID) && !watches(open, by.ID):
		return nil, Errorf(Denied, "You do not watch this conversation. Begin to watch it first; your text is kept.")
	}
	people := append([]AgentID{t.Lead, by.ID}, t.Members...)
	for _, w := range open {
		if w.Open() {
			people = append(people, w.Watcher)
		}
	}
	said := Said{Text: m.Text, Files: m.Files, TypingMS: m.Typing.Milliseconds()}
	e := Fact(KindWhisper, by.Actor(), Private(people...), Micros(now), said)
	if heard, _ := e.Audience.People(); len(heard) < 2 {
		return nil, Errorf(Conflict, "Nobody is in this conversation or watches it who can hear you. Write a note instead; your text is kept.")
	}
	return []Event{e}, nil
}

func watches(open []Watch, a AgentID) bool {
	for _, w := range open {
		if w.Watcher == a {
			return true
		}
	}
	return false
}
