package client

import "encoding/json"

// Actor is who did something.
type Actor struct {
	Kind string `json:"kind"`
	ID   string `json:"id,omitempty"`
	Name string `json:"name,omitempty"`
}

// Event is a fact of a conversation. What a visitor receives has no Thread and
// no VSeq, and Seq counts what visitors see.
type Event struct {
	ID           string          `json:"id"`
	Conversation string          `json:"conversation"`
	Thread       string          `json:"thread,omitempty"`
	Seq          int64           `json:"seq"`
	VSeq         int64           `json:"vseq,omitempty"`
	Kind         string          `json:"kind"`
	Actor        Actor           `json:"actor"`
	Audience     string          `json:"audience"`
	At           int64           `json:"at"`
	Body         json.RawMessage `json:"body"`
}

// Said is the body of a message or note.
type Said struct {
	Text  string `json:"text"`
	Files []File `json:"files,omitempty"`
}

// Text is the text of a message or note; "" for other kinds.
func (e Event) Text() string {
	var s Said
	if json.Unmarshal(e.Body, &s) != nil {
		return ""
	}
	return s.Text
}

// File is a file as an event names it.
type File struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Type   string `json:"type"`
	Size   int64  `json:"size"`
	Width  int    `json:"width,omitempty"`
	Height int    `json:"height,omitempty"`
}

// Conversation is the present state of a conversation.
type Conversation struct {
	ID          string `json:"id"`
	Kind        string `json:"kind"`
	Site        string `json:"site"`
	Visitor     string `json:"visitor"`
	Head        int64  `json:"head"`
	VHead       int64  `json:"vhead"`
	SeenVisitor int64  `json:"seen_visitor"`
	SeenTeam    int64  `json:"seen_team"`
}

// Thread is one sitting of a conversation.
type Thread struct {
	ID      string   `json:"id"`
	Number  int      `json:"number"`
	State   string   `json:"state"`
	Group   string   `json:"group"`
	Reason  string   `json:"reason,omitempty"`
	Lead    string   `json:"lead,omitempty"`
	Members []string `json:"members"`
	Offers  []Offer  `json:"offers,omitempty"`
	// Transfer is open while somebody is asked to take over.
	Transfer *OpenTransfer `json:"transfer,omitempty"`
	Invites  []Invitation  `json:"invites,omitempty"`
}

// Row is a conversation as a list shows it.
type Row struct {
	Conversation Conversation `json:"conversation"`
	Thread       *Thread      `json:"thread,omitempty"`
	Visitor      struct {
		ID    string `json:"id"`
		Name  string `json:"name"`
		Email string `json:"email,omitempty"`
	} `json:"visitor"`
	Read   int64 `json:"read,omitempty"`
	Unread int   `json:"unread,omitempty"`
}

// Person is an agent of the team.
type Person struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Email    string   `json:"email"`
	Role     string   `json:"role"`
	Status   string   `json:"status"`
	Limit    int      `json:"limit"`
	Groups   []string `json:"groups"`
	Disabled bool     `json:"disabled,omitempty"`
}

// Appearance is how the widget looks.
type Appearance struct {
	Accent   string `json:"accent"`
	Position string `json:"position"`
	Greeting string `json:"greeting"`
}

// Site is a website that carries the widget.
type Site struct {
	ID         string     `json:"id,omitempty"`
	Name       string     `json:"name"`
	Key        string     `json:"key,omitempty"`
	Origins    []string   `json:"origins"`
	Language   string     `json:"language"`
	Appearance Appearance `json:"appearance"`
}

// Counts are how many conversations each list holds.
type Counts struct {
	My    int `json:"my"`
	Queue int `json:"queue"`
	All   int `json:"all"`
}

// Inbox is the snapshot that an agent begins with.
type Inbox struct {
	Me      Person   `json:"me"`
	Cursor  string   `json:"cursor"`
	Counts  Counts   `json:"counts"`
	Rows    []Row    `json:"rows"`
	Next    string   `json:"next,omitempty"`
	Team    []Person `json:"team"`
	Present []string `json:"present"`
	Sites   []Site   `json:"sites"`
	Talks   []Talk   `json:"talks"`
}

// Talk is a channel or a direct talk that the agent is in.
type Talk struct {
	Conversation Conversation `json:"conversation"`
	Unread       int          `json:"unread"`
	Calls        int          `json:"calls"`
}

// List is a page of a list.
type List struct {
	Rows   []Row  `json:"rows"`
	Next   string `json:"next,omitempty"`
	Counts Counts `json:"counts"`
}

// Opened is a conversation as an agent opens it.
type Opened struct {
	Cursor  string   `json:"cursor"`
	Row     Row      `json:"row"`
	Threads []Thread `json:"threads"`
	Events  []Event  `json:"events"`
	More    bool     `json:"more"`
}

// Events is a page of events.
type Events struct {
	Events []Event `json:"events"`
	More   bool    `json:"more"`
}

// Done is the answer of an act; Again says that the same key did it before.
type Done struct {
	Events []Event `json:"events"`
	Again  bool    `json:"again"`
}

// Hit is what a search found.
type Hit struct {
	Event   Event  `json:"event"`
	Snippet string `json:"snippet"`
}

// Hits is a page of a search.
type Hits struct {
	Hits []Hit `json:"hits"`
	Next int64 `json:"next,omitempty"`
}

// SignIn is one sign-in of an agent.
type SignIn struct {
	ID      string `json:"id"`
	Device  string `json:"device"`
	Address string `json:"address"`
	SeenAt  int64  `json:"seen_at"`
	Current bool   `json:"current"`
}

// Message is what an agent sends. An empty Key is filled in.
type Message struct {
	Key      string   `json:"key"`
	Text     string   `json:"text"`
	Files    []string `json:"files,omitempty"`
	TypingMS int64    `json:"typing_ms,omitempty"`
	Seen     int64    `json:"seen"`
	Mentions []string `json:"mentions,omitempty"` // colleagues whom a note calls
}

// Page is where a visitor is.
type Page struct {
	URL      string            `json:"url,omitempty"`
	Title    string            `json:"title,omitempty"`
	Referrer string            `json:"referrer,omitempty"`
	Language string            `json:"language,omitempty"`
	Visits   int               `json:"visits,omitempty"`
	Data     map[string]string `json:"data,omitempty"`
	// Group is the one that the page names.
	Group string `json:"group,omitempty"`
}

// VisitorMessage is what a visitor sends. An empty Key is filled in.
type VisitorMessage struct {
	Key    string   `json:"key"`
	Text   string   `json:"text"`
	Files  []string `json:"files,omitempty"`
	Name   string   `json:"name,omitempty"`
	Email  string   `json:"email,omitempty"`
	Signed string   `json:"signed,omitempty"`
	Page   Page     `json:"page"`
}

// VisitorDone is the answer of a visitor's message.
type VisitorDone struct {
	Visitor VisitorSelf `json:"visitor"`
	Events  []Event     `json:"events"`
	Again   bool        `json:"again"`
}

// VisitorSelf is what a visitor is told about himself.
type VisitorSelf struct {
	ID           string `json:"id"`
	Name         string `json:"name"`
	Conversation string `json:"conversation"`
}

// VisitorView is a visitor's conversation.
type VisitorView struct {
	Visitor     VisitorSelf `json:"visitor"`
	Cursor      string      `json:"cursor"`
	Events      []Event     `json:"events"`
	More        bool        `json:"more"`
	SeenVisitor int64       `json:"seen_visitor"`
	SeenTeam    int64       `json:"seen_team"`
	Open        bool        `json:"open"`
	Lead        string      `json:"lead"`
}

// WidgetSite is what the widget is told before it opens.
type WidgetSite struct {
	Site struct {
		Name       string     `json:"name"`
		Key        string     `json:"key"`
		Language   string     `json:"language"`
		Appearance Appearance `json:"appearance"`
	} `json:"site"`
	Online bool `json:"online"`
	Limits struct {
		Text      int   `json:"text"`
		Files     int   `json:"files"`
		FileBytes int64 `json:"file_bytes"`
	} `json:"limits"`
}
