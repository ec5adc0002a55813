package api

import (
	"strings"
	"testing"

	"earshot/client"
	"earshot/internal/chat"
)

// TestClient_SavedReplies: what a program can do with saved replies, from making one to
// taking them along as a file.
func TestClient_SavedReplies(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := t.Context()
	_, c := h.Taken(h.Owner)
	owner, ann := h.agent(h.Owner), h.agent(h.Agent("Ann", chat.Member))

	plan, err := owner.AddReplyFile(ctx, "plan.txt", strings.NewReader("left, then right"))
	h.must(err)
	made, err := owner.SaveReply(ctx, client.SavingReply{Scope: "team", Name: "way", Text: "Hello {{visitor.name|there}}, {{visitor.email}}", Files: []string{plan.ID}})
	h.must(err)
	filled, err := owner.FillReply(ctx, made.ID, string(c))
	h.must(err)
	if filled.Text != "Hello there, {{visitor.email}}" || len(filled.Blanks) != 1 || len(filled.Files) != 1 || filled.Files[0].Name != "plan.txt" {
		t.Errorf("filled in: %+v", filled)
	}

	changed, err := owner.ChangeReply(ctx, made.ID, client.SavingReply{Scope: "team", Name: "way", Text: "Left.", Version: made.Version})
	h.must(err)
	if changed.Text != "Left." || len(changed.Files) != 0 || changed.Version == made.Version {
		t.Errorf("changed: %+v", changed)
	}
	if _, err := owner.ChangeReply(ctx, made.ID, client.SavingReply{Scope: "team", Name: "way", Text: "Right.", Version: made.Version}); !client.IsKind(err, string(chat.Conflict)) {
		t.Errorf("an old version is changed: %v", err)
	}
	draft, err := ann.DraftReply(ctx, client.SavingReply{Scope: "team", Name: "idea", Text: "Straight on."})
	h.must(err)
	if err := ann.DeleteReply(ctx, made.ID); !client.IsKind(err, string(chat.Denied)) {
		t.Errorf("a member deletes the team's: %v", err)
	}
	published, err := owner.ChangeReply(ctx, draft.ID, client.SavingReply{Scope: "team", Name: draft.Name, Text: draft.Text, Version: draft.Version, Publish: true})
	h.must(err)
	if !draft.Draft || published.Draft || !published.Usable {
		t.Errorf("a draft %+v is published as %+v", draft, published)
	}

	file, err := ann.ExportReplies(ctx)
	h.must(err)
	would, err := owner.ImportReplies(ctx, file+"team,,new,,x\n", true)
	h.must(err)
	if would != (client.ReplyImport{Made: 1, Same: 2}) {
		t.Errorf("importing %q would do %+v", file, would)
	}
	h.must(owner.DeleteReply(ctx, made.ID))
	left, err := ann.SavedReplies(ctx)
	h.must(err)
	if len(left) != 1 || left[0].ID != published.ID || left[0].Writable {
		t.Errorf("Ann sees %+v", left)
	}
	if chats, err := ann.ReplyChats(ctx, published.ID, 4); err != nil || len(chats) != 0 {
		t.Errorf("used in %v: %v", chats, err)
	}
}
