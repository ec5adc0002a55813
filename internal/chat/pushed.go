package chat

// Pushed is the body of a push, which the browser of a device alone can read. It
// names what is to be noticed and says nothing of it; the device has the words.
type Pushed struct {
	Alert AlertID   `json:"alert"`
	Kind  AlertKind `json:"kind"`
	// Conversation and Seq are where it opens; a test has none.
	Conversation ConversationID `json:"conversation,omitempty"`
	Seq          int64          `json:"seq,omitempty"`
	// Talk is that the Conversation is a channel or a direct talk.
	Talk bool `json:"talk,omitempty"`
	// Count is how many of them there are, where more than one.
	Count int `json:"count,omitempty"`
	// By is the name of the colleague who did it, never a visitor's.
	By string `json:"by,omitempty"`
	// Step is by which step it comes, and For the name of whom it was for in the first
	// place: "" where it was for whoever came first.
	Step Step   `json:"step,omitempty"`
	For  string `json:"for,omitempty"`
	// Text is the beginning of what was written, where the workspace allows that.
	Text string `json:"text,omitempty"`
}
