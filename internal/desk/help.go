package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// helpWordsSetting holds the words that ask for help by themselves.
const helpWordsSetting = "help_words"

// AskForHelp raises the help flag of a Thread that the agent takes part in.
func (d *Desk) AskForHelp(ctx context.Context, a chat.Agent, c chat.ConversationID, key, reason string) (Done, error) {
	reason = chat.CleanLine(reason, chat.MaxHelpReason)
	return d.do(ctx, a, c, act{
		key:    key,
		intent: intent{Act: "help", Text: reason},
		rule: func(_ *store.Tx, me chat.Agent, s chat.State) ([]chat.Event, error) {
			return chat.RaiseHelp(s, me, reason, d.now())
		},
	})
}

// HelpSettled lowers the help flag.
func (d *Desk) HelpSettled(ctx context.Context, a chat.Agent, c chat.ConversationID, key string) (Done, error) {
	return d.do(ctx, a, c, act{
		key:    key,
		intent: intent{Act: "help-settled"},
		rule: func(tx *store.Tx, me chat.Agent, s chat.State) ([]chat.Event, error) {
			e, invited, err := d.manners(tx, s, me.ID)
			if err != nil {
				return nil, err
			}
			return chat.LowerHelp(s, me, e, invited, d.now())
		},
	})
}

// flagWaiting raises the flag of chats whose visitor waits longer than their group
// has agreed.
func (d *Desk) flagWaiting(ctx context.Context) error {
	var late []chat.ConversationID
	err := d.store.Read(ctx, func(tx *store.Tx) (err error) {
		late, err = d.whoWaits(tx)
		return err
	})
	if err != nil {
		return err
	}
	for some := range slices.Chunk(late, decisionsAtOnce) {
		err := d.write(ctx, func(tx *store.Tx) error { return d.flagThem(tx, some) })
		if err != nil {
			return err
		}
	}
	return nil
}

// whoWaits finds the chats whose visitor waits too long and that have no flag.
func (d *Desk) whoWaits(tx *store.Tx) ([]chat.ConversationID, error) {
	groups, err := tx.Groups()
	if err != nil {
		return nil, err
	}
	shortest, agreed := int64(0), map[chat.GroupID]chat.Etiquette{}
	for _, g := range groups {
		agreed[g.ID] = g.Etiquette
		if wait, on := g.Etiquette.WaitForHelp(); on && (shortest == 0 || wait < shortest) {
			shortest = wait
		}
	}
	if shortest == 0 {
		return nil, nil
	}
	threads, err := tx.Unanswered(chat.Micros(d.now()) - shortest)
	var late []chat.ConversationID
	for _, t := range threads {
		if chat.WaitsTooLong(t, agreed[t.Group], d.now()) {
			late = append(late, t.Conversation)
		}
	}
	return late, err
}

// flagThem looks again under each lock.
func (d *Desk) flagThem(tx *store.Tx, late []chat.ConversationID) error {
	for _, c := range late {
		s, err := tx.Lock(c)
		if err != nil {
			return err
		}
		t := s.OpenThread()
		if t == nil {
			continue
		}
		e, err := etiquetteOf(tx, t.Group)
		if err != nil {
			return err
		}
		if !chat.WaitsTooLong(*t, e, d.now()) {
			continue
		}
		if _, err := appendTo(tx, &s, chat.NeedsHelp(s, chat.HelpWaiting, "", d.now())); err != nil {
			return err
		}
	}
	return nil
}

// answered are the events of the help flag that a text to the visitor makes: it lowers
// what an answer lowers, and raises it where its author promises too much. before are
// the events of the same act: one of them may begin the Thread. Where none is a message,
// as of an expert whose words are only proposed, nobody has an answer yet.
func (d *Desk) answered(tx *store.Tx, s chat.State, by chat.Agent, text string, before []chat.Event) ([]chat.Event, error) {
	spoke := slices.ContainsFunc(before, func(e chat.Event) bool { return e.Kind == chat.KindMessage && e.Audience == chat.ForAll })
	if !spoke {
		return nil, nil
	}
	lowered := chat.LowerByAnswer(s, by, true, time.UnixMicro(before[0].At))
	too, err := d.promises(tx, s, by, text, before, len(lowered) > 0)
	return append(lowered, too...), err
}

// promises is the flag that a text raises whose author promises too much. before are
// the events of the same act, whose moment is the flag's, too.
func (d *Desk) promises(tx *store.Tx, s chat.State, by chat.Agent, text string, before []chat.Event, lowered bool) ([]chat.Event, error) {
	group := chat.GroupID("")
	if t := s.OpenThread(); t != nil {
		group = t.Group
	}
	for _, e := range before {
		if begun, err := chat.Decode[chat.Started](e); e.Kind == chat.KindStarted && err == nil {
			group = begun.Group
		}
	}
	if group == "" {
		return nil, nil
	}
	e, err := etiquetteOf(tx, group)
	if err != nil {
		return nil, err
	}
	return chat.PromisesTooMuch(s, by, text, e, lowered, time.UnixMicro(before[0].At)), nil
}

// needsHelp is the flag that a visitor's message raises: for a word that the team
// lists, for capitals, or for the questions that have no answer yet.
func (d *Desk) needsHelp(tx *store.Tx, s chat.State, text string) ([]chat.Event, error) {
	t := s.OpenThread()
	if t == nil || t.State != chat.Active || t.Help != nil {
		return nil, nil
	}
	words, err := helpWords(tx)
	if err != nil {
		return nil, err
	}
	if word := chat.HelpWordIn(text, words); word != "" {
		return chat.NeedsHelp(s, chat.HelpWord, word, d.now()), nil
	}
	e, err := etiquetteOf(tx, t.Group)
	if err != nil {
		return nil, err
	}
	if least, on := e.CapitalsForHelp(); on && chat.Shouts(text, least) {
		return chat.NeedsHelp(s, chat.HelpCapitals, "", d.now()), nil
	}
	asked := chat.Questions(text)
	if asked == 0 {
		return nil, nil
	}
	most, on := e.QuestionsForHelp()
	if !on {
		return nil, nil
	}
	before, err := unanswered(tx, s, t.ID)
	if err != nil || asked+before < most {
		return nil, err
	}
	return chat.NeedsHelp(s, chat.HelpQuestions, "", d.now()), nil
}

// unanswered counts the questions in the visitor's last messages of a Thread since
// the team's last one, among the newest hundred events.
func unanswered(tx *store.Tx, s chat.State, t chat.ThreadID) (int, error) {
	if s.Thread.WaitingSince == 0 {
		return 0, nil
	}
	events, err := tx.VisitorEvents(s.Conversation.ID, store.Span{Before: s.Conversation.VHead + 1, Limit: scanStep})
	if err != nil {
		return 0, err
	}
	n := 0
	for _, e := range slices.Backward(events) {
		if e.Kind != chat.KindMessage {
			continue
		}
		if e.Thread != t || e.Actor.Kind != chat.ByVisitor {
			break
		}
		said, err := chat.Decode[chat.Said](e)
		if err != nil {
			return 0, err
		}
		n += chat.Questions(said.Text)
	}
	return n, nil
}

func helpWords(tx *store.Tx) ([]string, error) {
	words := []string{}
	err := loadSetting(tx, helpWordsSetting, &words)
	return words, err
}

// HelpWords lists the words that ask for help by themselves.
func (d *Desk) HelpWords(ctx context.Context, by chat.Agent) (words []string, err error) {
	err = d.store.Read(ctx, func(tx *store.Tx) error {
		if _, err := manager(tx, by); err != nil {
			return err
		}
		words, err = helpWords(tx)
		return err
	})
	return words, err
}

// SetHelpWords replaces the words that ask for help by themselves.
func (d *Desk) SetHelpWords(ctx context.Context, by chat.Agent, typed []string) ([]string, error) {
	words, err := chat.CleanHelpWords(typed)
	if err != nil {
		return nil, err
	}
	raw, err := json.Marshal(words)
	if err != nil {
		return nil, fmt.Errorf("desk: encode help words: %w", err)
	}
	err = d.write(ctx, func(tx *store.Tx) error {
		me, err := manager(tx, by)
		if err != nil {
			return err
		}
		if err := tx.SetSetting(helpWordsSetting, string(raw)); err != nil {
			return err
		}
		return tell(tx, chat.TeamConversation, d.fact(chat.KindHelpWords, me.Actor(), chat.HelpWords{Words: words}))
	})
	return words, err
}
