package chat

// Ladder is what an agent may do about an open Thread that he is not in, each step
// more than the one before.
type Ladder struct {
	See      bool // read it
	Follow   bool // watch it, unseen
	Preview  bool // read what its visitor types, where the site allows it
	Drafts   bool // read what its lead types, where he consents
	Whisper  bool // speak to its lead
	Join     bool // write to the visitor
	Help     bool // take its help flag, where it asks for help
	TakeOver bool // lead it without being asked
}

// LadderOf says how far an agent may go; the same rules decide each act.
func LadderOf(s State, a Agent, e Etiquette, invited bool) Ladder {
	t := s.OpenThread()
	if t == nil || a.Disabled || !t.Access().Admits(a.Viewer()) {
		return Ladder{}
	}
	follow, steps := MayWatch(s, a, e, invited) == nil, t.State == Active && MoreThanReading(s, a) == nil
	return Ladder{See: true, Follow: follow, Preview: follow && e.letsPreview(t.Group, a), Drafts: follow && e.letsReadDrafts(t.Group, a), Whisper: follow || t.Lead != "" && t.TakesPart(a.ID),
		Join: steps, Help: t.State == Active && (follow || steps), TakeOver: steps && t.Lead != a.ID && e.letsTakeOver(t.Group, a)}
}
