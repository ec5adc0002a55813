package chat

import "slices"

// SoundKind is what an open page makes a sound about.
type SoundKind string

// The kinds of sounds.
const (
	SoundMessage SoundKind = "message" // a visitor or a colleague wrote in one's own chats
	SoundTalk    SoundKind = "talk"    // a colleague wrote in a talk, or whispers
	SoundMention SoundKind = "mention" // one is called by name
	SoundQueue   SoundKind = "queue"   // a visitor waits
	SoundOffer   SoundKind = "offer"   // a chat rings, or was given
	SoundHelp    SoundKind = "help"    // help is wanted
	SoundPromise SoundKind = "promise" // an answer is due
)

// Sound is how an agent wants one kind to sound. It is the page that makes it.
type Sound struct {
	Tone string `json:"tone" enum:"chime,bell,drop,rise,knock,ring,none"`
	// Volume is a percentage; Repeat: again and again until he has seen it.
	Volume int  `json:"volume" minimum:"0" maximum:"100"`
	Repeat bool `json:"repeat,omitempty"`
}

// checkSounds refuses sounds that no page can make.
func checkSounds(all map[SoundKind]Sound) error {
	for kind, s := range all {
		switch {
		case !slices.Contains([]SoundKind{SoundMessage, SoundTalk, SoundMention, SoundQueue, SoundOffer, SoundHelp, SoundPromise}, kind):
			return Errorf(Invalid, "There is no sound for %q.", string(kind))
		case !slices.Contains([]string{"chime", "bell", "drop", "rise", "knock", "ring", "none"}, s.Tone):
			return Errorf(Invalid, "There is no tone %q.", s.Tone)
		case s.Volume < 0 || s.Volume > 100:
			return Errorf(Invalid, "A volume is 0 to 100.")
		}
	}
	return nil
}
