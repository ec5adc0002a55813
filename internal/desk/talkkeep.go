package desk

import (
	"context"

	"earshot/internal/chat"
	"earshot/internal/store"
)

const talksSetting = "talks"

// maxKeepDays is the longest time after which talks are emptied: who wants to keep
// them longer keeps them for ever.
const maxKeepDays = 3650

// The bounds of one sweep: so many talks, and so many events of each. What is left
// comes with the next.
const keepTalks, keepEvents = 50, 200

// TalkSettings is how long what is said in talks is kept, in days; 0 = for ever.
type TalkSettings struct {
	KeepDays int `json:"keep_days" minimum:"0" maximum:"3650" doc:"Older messages of channels and direct talks are emptied; 0 = they are kept."`
}

// TalkSettings loads how long talks are kept, for a manager.
func (d *Desk) TalkSettings(ctx context.Context, by chat.Agent) (s TalkSettings, err error) {
	err = d.store.Read(ctx, func(tx *store.Tx) error {
		if _, err := manager(tx, by); err != nil {
			return err
		}
		s = TalkSettings{}
		return loadSetting(tx, talksSetting, &s)
	})
	return s, err
}

// SetTalkSettings says how long talks are kept. What is older goes with the next
// sweeps, and does not come back.
func (d *Desk) SetTalkSettings(ctx context.Context, by chat.Agent, in TalkSettings) error {
	if in.KeepDays < 0 || in.KeepDays > maxKeepDays {
		return chat.Errorf(chat.Invalid, "Talks are kept for 1 to %d days, or for ever: 0.", maxKeepDays)
	}
	return d.write(ctx, func(tx *store.Tx) error {
		if _, err := manager(tx, by); err != nil {
			return err
		}
		_, _, err := saveSetting(tx, talksSetting, in)
		return err
	})
}

// emptyTalks takes what is older than the team keeps it out of talks.
func (d *Desk) emptyTalks(ctx context.Context) error {
	var old []chat.ConversationID
	var before int64
	err := d.store.Read(ctx, func(tx *store.Tx) error {
		var s TalkSettings
		old = nil
		if err := loadSetting(tx, talksSetting, &s); err != nil || s.KeepDays == 0 {
			return err
		}
		before = chat.Micros(d.now().AddDate(0, 0, -s.KeepDays))
		var err error
		old, err = tx.OldTalks(before, keepTalks)
		return err
	})
	if err != nil {
		return err
	}
	for _, c := range old {
		if err := d.write(ctx, func(tx *store.Tx) error { return d.emptyTalk(tx, c, before) }); err != nil {
			return err
		}
	}
	return nil
}

// emptyTalk empties the oldest words of a talk, under its lock, and tells those in
// it up to where. One that was emptied meanwhile has nothing left to empty.
func (d *Desk) emptyTalk(tx *store.Tx, c chat.ConversationID, before int64) error {
	s, err := tx.Lock(c)
	if err != nil || s.Talk == nil {
		return err
	}
	events, err := tx.Events(c, store.Span{After: s.Talk.Emptied, Limit: keepEvents})
	if err != nil {
		return err
	}
	upTo := s.Talk.Emptied
	for _, e := range events {
		if e.At >= before {
			break
		}
		if err := d.emptyOld(tx, e); err != nil {
			return err
		}
		upTo = e.Seq
	}
	_, err = appendTo(tx, &s, chat.EmptyTalk(s, upTo, d.now()))
	return err
}

// emptyOld empties a message; what else happened in a talk stays.
func (d *Desk) emptyOld(tx *store.Tx, e chat.Event) error {
	if e.Kind != chat.KindMessage {
		return nil
	}
	said, err := chat.Decode[chat.Said](e)
	if err != nil || said.Emptied != 0 {
		return err
	}
	return d.emptyMessage(tx, e, said.AsEmptied(chat.Micros(d.now())))
}
