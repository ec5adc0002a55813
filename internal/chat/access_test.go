package chat_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"earshot/internal/chat"
)

func agent(id chat.AgentID, role chat.Role, groups ...chat.GroupID) chat.Viewer {
	return chat.Viewer{Kind: chat.ByAgent, Agent: id, Role: role, Groups: groups}
}

func visitor(id chat.VisitorID, c chat.ConversationID) chat.Viewer {
	return chat.Viewer{Kind: chat.ByVisitor, Visitor: id, Conversation: c}
}

func supervising(v chat.Viewer, groups ...chat.GroupID) chat.Viewer {
	v.Supervises = groups
	return v
}

func TestAdmits_FollowsThePolicyOfTheThread(t *testing.T) {
	t.Parallel()
	led := func(p chat.Policy) chat.Access {
		return chat.Access{Group: "g_1", Policy: p, Lead: "a_lead", Members: []chat.AgentID{"a_member"}}
	}
	let := func(p chat.Policy) chat.Access {
		return chat.Access{Group: "g_1", Policy: p, Lead: "a_lead", Guests: []chat.AgentID{"a_guest"}}
	}
	free := func(p chat.Policy) chat.Access { return chat.Access{Group: "g_1", Policy: p} }
	for name, c := range map[string]struct {
		access chat.Access
		viewer chat.Viewer
		want   bool
	}{
		"open to a stranger of the team":      {led(chat.PolicyOpen), agent("a_x", chat.Member), true},
		"group to a colleague":                {led(chat.PolicyGroup), agent("a_x", chat.Member, "g_1"), true},
		"group to another group":              {led(chat.PolicyGroup), agent("a_x", chat.Member, "g_2"), false},
		"group to a supervisor":               {led(chat.PolicyGroup), agent("a_x", chat.Supervisor), true},
		"group to a member from outside":      {led(chat.PolicyGroup), agent("a_member", chat.Member), true},
		"group to the lead from outside":      {led(chat.PolicyGroup), agent("a_lead", chat.Member), true},
		"lead-only to the lead":               {led(chat.PolicyLead), agent("a_lead", chat.Member), true},
		"lead-only to a member":               {led(chat.PolicyLead), agent("a_member", chat.Member), true},
		"lead-only to a colleague":            {led(chat.PolicyLead), agent("a_x", chat.Member, "g_1"), false},
		"lead-only to its supervisor":         {led(chat.PolicyLead), supervising(agent("a_x", chat.Member, "g_1", "g_2"), "g_1"), true},
		"group to its supervisor":             {led(chat.PolicyGroup), supervising(agent("a_x", chat.Member, "g_1"), "g_1"), true},
		"lead-only to another's supervisor":   {led(chat.PolicyLead), supervising(agent("a_x", chat.Member, "g_1", "g_2"), "g_2"), false},
		"group to another's supervisor":       {led(chat.PolicyGroup), supervising(agent("a_x", chat.Member, "g_2"), "g_2"), false},
		"unknown policy to its supervisor":    {led("whoever"), supervising(agent("a_x", chat.Member, "g_1"), "g_1"), false},
		"lead-only to an admin":               {led(chat.PolicyLead), agent("a_x", chat.Admin), true},
		"lead-only, nobody leads, colleague":  {free(chat.PolicyLead), agent("a_x", chat.Member, "g_1"), true},
		"lead-only, nobody leads, outsider":   {free(chat.PolicyLead), agent("a_x", chat.Member, "g_2"), false},
		"unknown policy to the owner":         {led("whoever"), agent("a_x", chat.Owner), false},
		"group to a guest from outside":       {let(chat.PolicyGroup), agent("a_guest", chat.Member), true},
		"lead-only to a guest":                {let(chat.PolicyLead), agent("a_guest", chat.Member), true},
		"unknown policy to a guest":           {let("whoever"), agent("a_guest", chat.Member), false},
		"lead-only to who is no guest":        {let(chat.PolicyLead), agent("a_x", chat.Member, "g_1"), false},
		"zero access to the owner":            {chat.Access{}, agent("a_x", chat.Owner), false},
		"open to the zero viewer":             {led(chat.PolicyOpen), chat.Viewer{}, false},
		"open to a visitor":                   {led(chat.PolicyOpen), visitor("v_1", "c_1"), false},
		"open to an agent without an id":      {led(chat.PolicyOpen), chat.Viewer{Kind: chat.ByAgent, Role: chat.Owner}, false},
		"group to an unknown role":            {led(chat.PolicyGroup), agent("a_x", "root"), false},
		"nobody leads, agent without an id":   {free(chat.PolicyLead), chat.Viewer{Kind: chat.ByAgent, Groups: []chat.GroupID{"g_1"}}, false},
		"bot is nobody until it has a rule":   {led(chat.PolicyOpen), chat.Viewer{Kind: chat.ByBot, Agent: "a_lead"}, false},
		"system is nobody until it has one":   {led(chat.PolicyOpen), chat.Viewer{Kind: chat.BySystem, Agent: "a_lead"}, false},
		"group of no group to a groupless":    {chat.Access{Policy: chat.PolicyGroup}, agent("a_x", chat.Member), false},
		"lead-only of no group, no lead, any": {chat.Access{Policy: chat.PolicyLead}, agent("a_x", chat.Member, "g_1"), false},
	} {
		if got := c.access.Admits(c.viewer); got != c.want {
			t.Errorf("%s: admits %v, want %v", name, got, c.want)
		}
	}
}

func TestVisible_WhoMaySeeWhat(t *testing.T) {
	t.Parallel()
	open := chat.Access{Group: "g_1", Policy: chat.PolicyOpen}
	lead := chat.Access{Group: "g_1", Policy: chat.PolicyLead, Lead: "a_lead"}
	e := func(c chat.ConversationID, k chat.Kind, to chat.Audience) chat.Event {
		return chat.Event{Conversation: c, Kind: k, Audience: to}
	}
	owner, v := agent("a_1", chat.Owner), visitor("v_1", "c_1")
	for name, c := range map[string]struct {
		event  chat.Event
		access chat.Access
		viewer chat.Viewer
		want   bool
	}{
		"message to its visitor":             {e("c_1", chat.KindMessage, chat.ForAll), open, v, true},
		"message to its visitor, lead-only":  {e("c_1", chat.KindMessage, chat.ForAll), lead, v, true},
		"message to another visitor":         {e("c_2", chat.KindMessage, chat.ForAll), open, v, false},
		"note to the visitor":                {e("c_1", chat.KindNote, chat.ForAgents), open, v, false},
		"note of audience all to visitor":    {e("c_1", chat.KindNote, chat.ForAll), open, v, false},
		"message for agents to visitor":      {e("c_1", chat.KindMessage, chat.ForAgents), open, v, false},
		"started of audience all to visitor": {e("c_1", chat.KindStarted, chat.ForAll), open, v, false},
		"unknown kind to visitor":            {e("c_1", "whisper", chat.ForAll), open, v, false},
		"unknown audience to visitor":        {e("c_1", chat.KindMessage, "everybody"), open, v, false},
		"unknown audience to the owner":      {e("c_1", chat.KindMessage, "everybody"), open, owner, false},
		"empty audience to the owner":        {e("c_1", chat.KindMessage, ""), open, owner, false},
		"unknown kind to an agent":           {e("c_1", "later", chat.ForAgents), open, owner, true},
		"note to an agent":                   {e("c_1", chat.KindNote, chat.ForAgents), open, agent("a_x", chat.Member), true},
		"note of a lead-only thread":         {e("c_1", chat.KindNote, chat.ForAgents), lead, agent("a_x", chat.Member, "g_1"), false},
		"private, to whom it names":          {e("c_1", chat.KindNote, chat.Private("a_x", "a_y")), open, agent("a_x", chat.Member), true},
		"private, to a colleague":            {e("c_1", chat.KindNote, chat.Private("a_x", "a_y")), open, agent("a_z", chat.Member, "g_1"), false},
		"private, to the owner":              {e("c_1", chat.KindNote, chat.Private("a_x")), open, owner, false},
		"private, to a part of a name":       {e("c_1", chat.KindNote, chat.Private("a_xy")), open, agent("a_x", chat.Member), false},
		"private to nobody, to nobody":       {e("c_1", chat.KindNote, chat.Private("")), open, agent("", chat.Member), false},
		"private to nobody, to the owner":    {e("c_1", chat.KindNote, chat.Private()), open, owner, false},
		"private, not admitted any more":     {e("c_1", chat.KindNote, chat.Private("a_x")), lead, agent("a_x", chat.Member), false},
		"private message to the visitor":     {e("c_1", chat.KindMessage, chat.Private("v_1")), open, v, false},
		"team fact to an agent":              {e("team", chat.KindAgent, chat.ForAgents), chat.Access{}, agent("a_x", chat.Member), true},
		"team fact to a visitor":             {e("team", chat.KindAgent, chat.ForAll), chat.Access{}, v, false},
		"team fact to visitor who claims it": {e("team", chat.KindMessage, chat.ForAll), chat.Access{}, visitor("v_1", "team"), false},
		"own fact to its agent":              {e("agent:a_x", chat.KindRead, chat.ForAgents), chat.Access{}, agent("a_x", chat.Member), true},
		"own fact to the owner":              {e("agent:a_x", chat.KindRead, chat.ForAgents), chat.Access{}, owner, false},
		"own fact to visitor who claims it":  {e("agent:a_x", chat.KindMessage, chat.ForAll), chat.Access{}, visitor("v_1", "agent:a_x"), false},
		"own fact of nobody to nobody":       {e("agent:", chat.KindRead, chat.ForAgents), chat.Access{}, agent("", chat.Member), false},
		"message to the zero viewer":         {e("c_1", chat.KindMessage, chat.ForAll), open, chat.Viewer{}, false},
		"message to a visitor without id":    {e("c_1", chat.KindMessage, chat.ForAll), open, visitor("", "c_1"), false},
		"no conversation, no conversation":   {e("", chat.KindMessage, chat.ForAll), open, visitor("v_1", "c_1"), false},
	} {
		if got := chat.Visible(c.event, c.access, c.viewer); got != c.want {
			t.Errorf("%s: visible %v, want %v", name, got, c.want)
		}
	}
}

func TestHears_WhoIsToldOfFleetingThings(t *testing.T) {
	t.Parallel()
	open := chat.Access{Group: "g_1", Policy: chat.PolicyOpen}
	closed := chat.Access{Group: "g_1", Policy: chat.PolicyLead, Lead: "a_lead"}
	by := chat.Actor{Kind: chat.ByAgent, ID: "a_1"}
	s := func(k chat.SignalKind, a chat.Actor, to chat.Audience) chat.Signal {
		return chat.Signal{Kind: k, Conversation: "c_1", Actor: a, Audience: to, On: true}
	}
	v, self := visitor("v_1", "c_1"), chat.Actor{Kind: chat.ByVisitor, ID: "v_1"}
	for name, c := range map[string]struct {
		signal chat.Signal
		access chat.Access
		viewer chat.Viewer
		want   bool
	}{
		"reply being typed, to the visitor":   {s(chat.SignalTyping, by, chat.ForAll), open, v, true},
		"note being typed, to the visitor":    {s(chat.SignalTyping, by, chat.ForAgents), open, v, false},
		"an agent viewing, to the visitor":    {s(chat.SignalViewing, by, chat.ForAll), open, v, false},
		"presence, to the visitor":            {s(chat.SignalPresence, by, chat.ForAll), open, v, false},
		"unknown signal, to the visitor":      {s("listening", by, chat.ForAll), open, v, false},
		"the visitor's own typing":            {s(chat.SignalTyping, self, chat.ForAll), open, v, false},
		"typing, to another visitor":          {s(chat.SignalTyping, by, chat.ForAll), open, visitor("v_2", "c_2"), false},
		"typing, to a visitor without id":     {s(chat.SignalTyping, by, chat.ForAll), open, visitor("", "c_1"), false},
		"typing, to a colleague":              {s(chat.SignalTyping, by, chat.ForAgents), open, agent("a_2", chat.Member), true},
		"typing, to himself":                  {s(chat.SignalTyping, by, chat.ForAll), open, agent("a_1", chat.Member), false},
		"visitor typing, lead-only, outsider": {s(chat.SignalTyping, self, chat.ForAll), closed, agent("a_2", chat.Member, "g_1"), false},
		"visitor typing, lead-only, the lead": {s(chat.SignalTyping, self, chat.ForAll), closed, agent("a_lead", chat.Member), true},
		"presence, to a colleague":            {chat.Signal{Kind: chat.SignalPresence, Actor: by}, chat.Access{}, agent("a_2", chat.Member), true},
		"anything, to the zero viewer":        {s(chat.SignalTyping, by, chat.ForAll), open, chat.Viewer{}, false},
	} {
		if got := chat.Hears(c.signal, c.access, c.viewer); got != c.want {
			t.Errorf("%s: hears %v, want %v", name, got, c.want)
		}
	}
}

// everyKind is each kind of event that the package declares, read from its source: a new
// one is drawn by the laws below without anybody's doing.
var everyKind = sync.OnceValue(func() (all []chat.Kind) {
	file, err := parser.ParseFile(token.NewFileSet(), "event.go", nil, 0)
	if err != nil {
		panic(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if spec, is := n.(*ast.ValueSpec); is && len(spec.Values) == 1 {
			text, isText := spec.Values[0].(*ast.BasicLit)
			kind, typed := spec.Type.(*ast.Ident)
			if isText && typed && kind.Name == "Kind" {
				all = append(all, chat.Kind(strings.Trim(text.Value, `"`)))
			}
		}
		return true
	})
	return append(all, "later")
})

func TestEveryKind_IsFound(t *testing.T) {
	t.Parallel()
	for _, kind := range []chat.Kind{chat.KindMessage, chat.KindTransfer, chat.KindHold, chat.KindMoved, chat.KindWhisper, chat.KindProposal, chat.KindHelp, chat.KindHanded, chat.KindCoaching, chat.KindTalkJoined, chat.KindKnows} {
		if !slices.Contains(everyKind(), kind) {
			t.Errorf("%s is not among %v", kind, everyKind())
		}
	}
	if len(everyKind()) < 70 {
		t.Errorf("%d kinds alone were found", len(everyKind()))
	}
}

// Whatever kinds there are: a visitor sees those alone that are his, of his own chat, and
// told to all.
func TestVisible_OfEveryKindAVisitorSeesHisAlone(t *testing.T) {
	t.Parallel()
	acc := chat.Access{Group: "g_1", Policy: chat.PolicyOpen}
	for _, kind := range everyKind() {
		for _, to := range []chat.Audience{chat.ForAll, chat.ForAgents, chat.Private("a_1"), ""} {
			e := chat.Event{Conversation: "c_1", Kind: kind, Audience: to}
			want := forVisitors[kind] != nil && to == chat.ForAll
			if got := chat.Visible(e, acc, visitor("v_1", "c_1")); got != want {
				t.Errorf("%s to %q: seen %v, want %v", kind, to, got, want)
			}
			e.Conversation = "c_2"
			if chat.Visible(e, acc, visitor("v_1", "c_1")) {
				t.Errorf("%s to %q of another's chat is seen", kind, to)
			}
		}
	}
}

func anyEvent(t *rapid.T) chat.Event {
	return chat.Event{
		Conversation: rapid.SampledFrom([]chat.ConversationID{"c_1", "c_2", "team", "agent:a_1", "agent:a_2", ""}).Draw(t, "conversation"),
		Kind:         rapid.SampledFrom(everyKind()).Draw(t, "kind"),
		Audience:     rapid.SampledFrom([]chat.Audience{chat.ForAll, chat.ForAll, chat.ForAgents, chat.Private("a_1"), chat.Private("a_1", "a_2"), "coach", ""}).Draw(t, "audience"),
	}
}

func anyAccess(t *rapid.T) chat.Access {
	return chat.Access{
		Group:   rapid.SampledFrom([]chat.GroupID{"g_1", "g_2", ""}).Draw(t, "group"),
		Policy:  rapid.SampledFrom([]chat.Policy{chat.PolicyOpen, chat.PolicyGroup, chat.PolicyLead, "later", ""}).Draw(t, "policy"),
		Lead:    rapid.SampledFrom([]chat.AgentID{"a_1", "a_2", ""}).Draw(t, "lead"),
		Members: rapid.SliceOfN(rapid.SampledFrom([]chat.AgentID{"a_1", "a_2", ""}), 0, 2).Draw(t, "members"),
	}
}

func anyViewer(t *rapid.T) chat.Viewer {
	v := chat.Viewer{
		Kind:         rapid.SampledFrom([]chat.ActorKind{chat.ByVisitor, chat.ByAgent, chat.ByBot, chat.BySystem, ""}).Draw(t, "viewer kind"),
		Agent:        rapid.SampledFrom([]chat.AgentID{"a_1", "a_2", ""}).Draw(t, "agent"),
		Visitor:      rapid.SampledFrom([]chat.VisitorID{"v_1", ""}).Draw(t, "visitor"),
		Role:         rapid.SampledFrom([]chat.Role{chat.Owner, chat.Admin, chat.Supervisor, chat.Member, "later", ""}).Draw(t, "role"),
		Groups:       rapid.SliceOfN(rapid.SampledFrom([]chat.GroupID{"g_1", "g_2"}), 0, 2).Draw(t, "groups"),
		Conversation: rapid.SampledFrom([]chat.ConversationID{"c_1", "c_2", "team", "agent:a_1", ""}).Draw(t, "of"),
	}
	if len(v.Groups) > 0 && rapid.Bool().Draw(t, "supervises") {
		v.Supervises = v.Groups[:1]
	}
	return v
}

// forVisitors is what a visitor may receive of each kind, written a second time.
var forVisitors = map[chat.Kind][]string{
	chat.KindMessage: {"text", "files", "edited", "emptied"}, chat.KindAssign: {"lead", "lead_name", "public_name"}, chat.KindJoin: {"agent", "agent_name"},
	chat.KindLeave: {"agent", "agent_name"}, chat.KindClosed: {"reason"}, chat.KindSeen: {"side", "upto"}, chat.KindEdit: {"vtarget", "text"}, chat.KindRedact: {"vtarget"},
	chat.KindRequeued: {}, chat.KindMoved: {"public_name"}, chat.KindTransfer: {"by_name", "to_name", "public_name"}, chat.KindHold: {"to_name", "way", "due"},
	chat.KindMailOffered: {"cause"}, chat.KindMailAnswered: {"accepted"},
}

// The law is written a second time, as what must never happen.
func TestVisible_NeverCrossesTheseLines(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		e, acc, v := anyEvent(t), anyAccess(t), anyViewer(t)
		if !chat.Visible(e, acc, v) {
			return
		}
		own, isOwn := e.Conversation.AgentOf()
		people, private := e.Audience.People()
		switch {
		case v.Kind != chat.ByVisitor && v.Kind != chat.ByAgent:
			t.Fatalf("%q sees %+v", v.Kind, e)
		case v.Kind == chat.ByAgent && v.Agent == "", v.Kind == chat.ByVisitor && v.Visitor == "":
			t.Fatalf("nobody sees %+v", e)
		case v.Kind == chat.ByVisitor && (e.Audience != chat.ForAll || e.Conversation != v.Conversation || e.Conversation.Reserved()):
			t.Fatalf("the visitor of %q sees %+v", v.Conversation, e)
		case v.Kind == chat.ByVisitor && forVisitors[e.Kind] == nil:
			t.Fatalf("a visitor sees %s", e.Kind)
		case v.Kind == chat.ByAgent && private && !e.Conversation.Reserved() && !slices.Contains(people, v.Agent):
			t.Fatalf("%s sees what is for %s", v.Agent, e.Audience)
		case isOwn && v.Agent != own:
			t.Fatalf("%s sees what belongs to %s", v.Agent, own)
		case !e.Conversation.Reserved() && v.Kind == chat.ByAgent && !acc.Admits(v):
			t.Fatalf("%+v sees a thread of %+v", v, acc)
		}
	})
}

func TestTopics_NameEveryFeedThatMaySee(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		e, acc, v := anyEvent(t), anyAccess(t), anyViewer(t)
		if !chat.Visible(e, acc, v) {
			return
		}
		listens := []chat.Topic{chat.TeamTopic, chat.AgentTopic(v.Agent)}
		if v.Kind == chat.ByVisitor {
			listens = []chat.Topic{chat.VisitorTopic(v.Conversation)}
		}
		if !slices.ContainsFunc(e.Topics(), func(topic chat.Topic) bool { return slices.Contains(listens, topic) }) {
			t.Fatalf("topics %v of %+v reach no feed of %+v, which may see it", e.Topics(), e, v)
		}
	})
}

func TestForVisitor_HoldsOnlyAllowedFields(t *testing.T) {
	t.Parallel()
	const canary = "canary-for-the-team"
	fields := []string{"text", "files", "edited", "emptied", "typing_ms", "lead", "lead_name", "why", "cause", "previous", "access", "agent", "agent_name",
		"reason", "alive_at", "queued_at", "by", "by_name", "side", "upto", "target", "vtarget", "former", "arrival", "email", "secret",
		"public_name", "to_name", "way", "due", "accepted", "group", "group_name", "from", "to", "answers", "playbook", "promise", "promised", "summary", "transfer", "role", "deviation", "mentions", "waited_ms"}
	rapid.Check(t, func(t *rapid.T) {
		e := anyEvent(t)
		body := map[string]string{}
		for _, f := range fields {
			value := canary
			if slices.Contains(forVisitors[e.Kind], f) {
				value = "fine"
			}
			body[f] = value
		}
		e = chat.Event{ID: "e_1", Conversation: "c_1", Thread: "t_1", Seq: 9, VSeq: 4, Kind: e.Kind, Audience: chat.ForAll,
			Body: chat.Fact(e.Kind, chat.System(), chat.ForAll, 0, body).Body}
		got := chat.ForVisitor(e)
		if strings.Contains(string(got.Body), canary) {
			t.Fatalf("%s leaves for a visitor as %s", e.Kind, got.Body)
		}
		kept, err := chat.Decode[map[string]string](got)
		if err != nil || len(kept) != len(forVisitors[e.Kind]) {
			t.Fatalf("%s leaves with %v, %v; want the fields %v", e.Kind, kept, err, forVisitors[e.Kind])
		}
		if got.Seq != 4 || got.VSeq != 0 || got.Thread != "" {
			t.Fatalf("a visitor is told seq %d, vseq %d, thread %q; want 4, 0 and none", got.Seq, got.VSeq, got.Thread)
		}
	})
}

func TestForVisitor_ABrokenBodyLeavesEmpty(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`"text"`, `[1]`, `{"text":`, ``, `null`} {
		e := chat.Event{Kind: chat.KindMessage, Audience: chat.ForAll, VSeq: 1, Body: []byte(body)}
		if got := string(chat.ForVisitor(e).Body); got != "{}" {
			t.Errorf("body %q leaves as %s, want {}", body, got)
		}
	}
}
