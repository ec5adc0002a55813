package api

import (
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"earshot/internal/chat"
	"earshot/internal/desk"
)

// bodies are the structs that event bodies hold, by the name of their schema:
// clients want their types too.
func bodies() []any {
	return []any{
		chat.Said{},
		chat.Started{},
		chat.Reopened{},
		chat.Closed{},
		chat.Assigned{},
		chat.Joined{},
		chat.Requeued{},
		chat.EndedBy{}, chat.SignedAs{},
		chat.Seen{},
		chat.Offered{},
		chat.OfferEnded{},
		chat.WentIdle{},
		chat.Woke{},
		chat.ReplyDue{},
		chat.Alarm{},
		chat.MailOffered{},
		chat.MailAnswered{},
		chat.LeadBack{},
		chat.BackAsked{},
		chat.BackWaived{},
		chat.Moved{},
		chat.PolicyChanged{},
		chat.QueueBound{},
		chat.RoutesChanged{},
		chat.RoutingChanged{},
		chat.IdleWarned{},
		chat.QueuePlace{},
		chat.Full{},
		chat.TransferTold{},
		chat.TransferEnded{},
		desk.NobodyThere{},
		chat.SomebodyThere{},
		chat.Held{},
		chat.PromiseDue{},
		chat.PromiseEnded{},
		chat.PromisePassed{},
		desk.AwayThen{},
		chat.TalkCreated{},
		chat.TalkChanged{},
		chat.TalkArchived{},
		chat.Talkers{},
		chat.TalkEmptied{},
		chat.TalkLevel{},
		chat.Reacted{},
		chat.Pinned{},
		chat.SideCarded{},
		chat.SideChanged{},
		chat.Blind{},
		chat.HelpRaised{},
		chat.HelpCleared{},
		chat.HelpTaken{},
		chat.HelpReturned{},
		chat.Watch{},
		chat.WatchEnded{},
		chat.Watched{},
		chat.WatchInvited{},
		chat.HelpWords{},
		chat.Edited{},
		chat.Redacted{},
		chat.Read{},
		chat.DraftChanged{},
		chat.SessionEnded{},
		chat.Signal{},
		chat.Holder{},
		desk.HandoverRefused{},
		chat.Collision{},
		chat.CoachingChanged{},
		chat.SavedRepliesChanged{},
		desk.ReplyImport{},
		chat.AskedIn{},
		chat.InviteEnded{},
		chat.RoleSet{},
		chat.Trusted{},
		chat.ProposalEnded{},
		chat.ChatInvitation{},
		chat.ChatInvitationEnded{},
		chat.Granted{},
		chat.Mentioned{},
		chat.NoAccess{},
		chat.Linked{},
		chat.Knows{},
		chat.Pushed{},
		chat.AlertEnded{},
		chat.AlertRaised{},
	}
}

// words are the closed sets of words, by schema and field.
func words() map[string]map[string][]any {
	return map[string]map[string][]any{
		"Actor":  {"kind": {"visitor", "agent", "bot", "system"}},
		"Thread": {"state": {"queued", "active", "closed"}, "reason": {"resolved", "ended", "abandoned"}, "policy": {"open", "group", "lead"}},
		"Agent": {"role": {"owner", "admin", "supervisor", "agent", "colleague"}, "status": {"accepting", "finishing", "away", "offline"},
			"cause": {"missed", "no_input", "lease", "until"}, "classes": {"first", "normal", "last", "supervisor"}},
		"BoardAgent":    {"status": {"accepting", "finishing", "away", "offline"}, "cause": {"missed", "no_input", "lease", "until"}},
		"TargetAgent":   {"cause": {"missed", "no_input", "lease", "until"}},
		"SideCard":      {"state": {"open", "answered", "used", "withdrawn", "over"}},
		"SideTalk":      {"how": {"withdrawn", "taken_back", "closed"}},
		"Draft":         {"voice": {"reply", "note", "whisper"}},
		"Signal":        {"kind": {"typing", "viewing", "presence", "queue", "preview", "reading", "check"}, "audience": {"all", "agents"}},
		"Requeued":      {"cause": {"agent", "disabled", "sign_out", "lost", "gone", "missed_reply", "woke", "handover"}},
		"OfferEnded":    {"how": {"declined", "expired", "withdrawn"}},
		"Target":        {"kind": {"agent", "group", "anyone"}},
		"TransferEnded": {"how": {"accepted", "declined", "expired", "withdrawn"}},
		"Held":          {"way": {"wait", "mail"}, "deviated": {"there", "way", "due", "say"}},
		"Promise":       {"way": {"wait", "mail"}, "warned": {"soon", "overdue"}},
		"PromiseDue":    {"stage": {"soon", "overdue"}},
		"PromiseEnded":  {"how": {"kept", "cancelled"}},
		"InviteEnded":   {"how": {"declined", "expired", "withdrawn", "nobody"}},
		"ProposalEnded": {"how": {"released", "discarded", "withdrawn"}},
		"Owed":          {"how": {"kept", "cancelled"}, "way": {"wait", "mail"}, "deviated": {"there", "way", "due", "say"}, "warned": {"soon", "overdue"}},
		"Closed":        {"reason": {"resolved", "ended", "abandoned"}},
		"Seen":          {"side": {"visitor", "team"}},
		"Group":         {"policy": {"open", "group", "lead"}},
		"Started":       {"policy": {"open", "group", "lead"}},
		"Access":        {"policy": {"open", "group", "lead"}},
		"Invite":        {"role": {"expert", "scribe"}},
		"Casting":       {"role": {"expert", "scribe"}},
		"Line":          {"by": {"visitor", "agent", "bot", "system"}},
		"Rules":         {"line": {"first_line", "end_to_end"}},
		"Distribution":  {"method": {"pull", "ring_all", "round_robin", "least_busy"}},
		"Shift":         {"day": {"mon", "tue", "wed", "thu", "fri", "sat", "sun"}},
		"Watch":         {"told": {"names", "count", "nothing"}, "how": {"stopped", "closed", "access", "refused", "sign_out", "gone", "joined", "lead"}},
		"Observation":   {"told": {"names", "count", "nothing"}, "how": {"stopped", "closed", "access", "refused", "sign_out", "gone", "joined", "lead"}},
		"WatchEnded":    {"how": {"stopped", "closed", "access", "refused", "sign_out", "gone", "joined", "lead"}},
		"Etiquette":     {"preview": {"watchers", "supervisors", "nobody"}, "drafts": {"watchers", "supervisors", "nobody"}, "watch": {"anyone", "group", "supervisors", "nobody"}, "told": {"names", "count", "nothing"}},
		"Help":          {"cause": {"asked", "waiting", "questions", "word", "capitals", "refund"}},
		"HelpRaised":    {"cause": {"asked", "waiting", "questions", "word", "capitals", "refund"}},
		"HelpCleared":   {"how": {"hand", "answer"}},
		"HelpReturned":  {"how": {"hand", "gone", "access"}},
		"Condition": {"field": {"url", "host", "path", "query", "site", "referrer", "language", "country", "device", "visits", "data"},
			"op": {"is", "prefix", "contains", "glob", "at_least", "at_most", "exists"}},
		"Gate":            {"who": {"members", "groups", "supervisors"}},
		"HeldRule":        {"way": {"wait", "mail"}},
		"CoachingChanged": {"noun": {"moment", "feedback", "example", "shadow", "coaches"}},
		"QuotedMoment":    {"kind": {"praise", "improve", "wrong"}},
		"QuotedFeedback": {"kind": {"praise", "improve", "wrong"},
			"state": {"draft", "given", "seen", "answered", "accepted", "disputed", "settled", "withdrawn"}},
		"FeedbackWord":        {"act": {"give", "reply", "withdraw", "see", "answer", "accept", "dispute", "settle"}},
		"QuotedExample":       {"scope": {"own", "group", "team"}},
		"Consent":             {"answer": {"yes", "no"}},
		"PairedShadow":        {"grade": {"good", "close", "off"}},
		"Alert":               {"kind": {"queue", "assigned", "offer", "transfer", "invite", "mention", "help", "promise", "message", "talk", "test", "check"}, "end": {"seen", "over"}, "step": {"colleague", "lead"}, "hush": {"off", "quiet", "undisturbed", "device"}},
		"AlertRaised":         {"step": {"colleague", "lead"}},
		"StepTaken":           {"step": {"colleague", "lead", "mail"}},
		"AlertEnded":          {"how": {"seen", "over"}},
		"Appearance":          {"position": {"bottom-right", "bottom-left"}},
		"SavedRepliesChanged": {"scope": {"own", "group", "team"}},
		"ReplyView":           {"scope": {"own", "group", "team"}},
		"ReplyOrigin":         {"kind": {"feedback", "side_talk", "agent"}},
		"ImportedRow":         {"what": {"make", "change", "same", "refuse"}},
	}
}

// finishSpec says what Go's types cannot: no array is null, a body is an object,
// and which words a field may hold.
func finishSpec(api *huma.OpenAPI) {
	schemas := api.Components.Schemas
	for _, b := range bodies() {
		schemas.Schema(reflect.TypeOf(b), true, "")
	}
	all := schemas.Map()
	delete(all, "ErrorModel")
	delete(all, "ErrorDetail")
	for name, schema := range all {
		// Unknown fields are allowed everywhere; saying so would only make
		// generated types accept misspelt ones.
		schema.AdditionalProperties = nil
		notNull(schema)
		for field, allowed := range words()[name] {
			values := valuesOf(schema.Properties[field])
			values.Enum = allowed
			values.PrecomputeMessages() // or a refusal would not name the words
		}
	}
	// The team's own conversation carries as raw JSON what these operations give
	// and take.
	all["Group"].Properties["rules"] = schemas.Schema(reflect.TypeFor[desk.Rules](), true, "")
	all["RoutesChanged"].Properties["routes"] = schemas.Schema(reflect.TypeFor[[]desk.Route](), true, "")
	all["RoutesChanged"].Properties["routes"].Nullable = false
	all["RoutingChanged"].Properties["timing"] = schemas.Schema(reflect.TypeFor[desk.Timing](), true, "")
	all["Event"].Properties["audience"].Pattern = `^(all|agents|private:.*)$`
	body := all["Event"].Properties["body"]
	body.Type, body.AdditionalProperties = huma.TypeObject, true
	body.Description = "What happened; its shape belongs to kind. Unknown fields may appear and are to be ignored."
}

// valuesOf is the schema of a field's words: its own, or that of a map's or a
// list's values.
func valuesOf(field *huma.Schema) *huma.Schema {
	if field.Items != nil {
		return field.Items
	}
	if values, isMap := field.AdditionalProperties.(*huma.Schema); isMap {
		return values
	}
	return field
}

func notNull(s *huma.Schema) {
	for _, p := range s.Properties {
		if p.Type == huma.TypeArray {
			p.Nullable = false
		}
		if p.Items != nil && p.Items.Type == huma.TypeArray {
			p.Items.Nullable = false
		}
	}
}

// describePlain adds a route that huma does not serve to the description.
func (s *Server) describePlain(op operation, change func(*huma.Operation)) {
	d := s.described(op)
	d.Responses["200"] = &huma.Response{Description: http.StatusText(http.StatusOK)}
	change(&d)
	s.huma.OpenAPI().AddOperation(&d)
}

func (s *Server) schemaOf(v any) *huma.Schema {
	return s.huma.OpenAPI().Components.Schemas.Schema(reflect.TypeOf(v), true, "")
}

// pathParams describes the {names} of a path.
func pathParams(path string) []*huma.Param {
	var params []*huma.Param
	for part := range strings.SplitSeq(path, "/") {
		if name, ok := strings.CutPrefix(part, "{"); ok {
			params = append(params, &huma.Param{Name: strings.TrimSuffix(name, "}"), In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString}})
		}
	}
	return params
}
