package desk

import (
	"context"
	"reflect"
	"slices"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// PlaybookVersion is a version of a group's playbook with who saved it, and when.
type PlaybookVersion = store.PlaybookVersion

// pageOfVersions is how much of a playbook's history one page shows.
const pageOfVersions = 20

// Playbook returns the present playbook of a group; version 0 where nothing is
// written yet. Every colleague reads it: he is who it is written for.
func (d *Desk) Playbook(ctx context.Context, id chat.GroupID) (chat.Playbook, error) {
	var now store.PlaybookVersion
	err := d.store.Read(ctx, func(tx *store.Tx) error {
		if _, err := liveGroup(tx, id); err != nil {
			return err
		}
		var err error
		now, err = tx.Playbook(id)
		return err
	})
	return now.Playbook, err
}

// PlaybookVersions returns a page of a playbook's versions, the newest first:
// those before a number, 0 = the newest of all. next is what the following page
// is asked for with, 0 on the last. Those of a deleted group stay: transfers name
// the version that they went by.
func (d *Desk) PlaybookVersions(ctx context.Context, id chat.GroupID, before int64) (page []PlaybookVersion, next int64, err error) {
	err = d.store.Read(ctx, func(tx *store.Tx) error {
		_, err := tx.Group(id)
		if chat.IsKind(err, chat.Missing) {
			return chat.Errorf(chat.Missing, "There is no such group.")
		}
		if err != nil {
			return err
		}
		page, err = tx.PlaybookVersions(id, before, pageOfVersions+1)
		return err
	})
	if err != nil || len(page) <= pageOfVersions {
		return page, 0, err
	}
	page = page[:pageOfVersions]
	return page, page[len(page)-1].Playbook.Version, nil
}

// SavePlaybook stores another version of a group's playbook, which whoever oversees
// the group as of now may do. in.Version is the
// one that its writer had before him: where a colleague saved another meanwhile,
// nothing is stored, and the conflict holds his. What says the same is no new
// version.
func (d *Desk) SavePlaybook(ctx context.Context, by chat.Agent, in chat.Playbook) (chat.Playbook, error) {
	clean, err := in.Clean()
	if err != nil {
		return chat.Playbook{}, err
	}
	saved := clean
	err = d.write(ctx, func(tx *store.Tx) error {
		saved = clean
		me, err := present(tx, by.ID)
		if err != nil {
			return err
		}
		if err := me.MayWritePlaybook(saved.Group); err != nil {
			return err
		}
		if saved, err = ofLiveGroups(tx, saved); err != nil {
			return err
		}
		if err := mayBeWritten(tx, saved); err != nil {
			return err
		}
		before, err := tx.Playbook(saved.Group)
		if err != nil {
			return err
		}
		if before.Playbook.Version != saved.Version {
			return outdated(before)
		}
		if reflect.DeepEqual(before.Playbook, saved) {
			return nil
		}
		fact, err := d.addPlaybook(tx, me, saved)
		if err != nil {
			return err
		}
		saved.Version++
		return tell(tx, chat.TeamConversation, fact)
	})
	if err != nil {
		return chat.Playbook{}, err
	}
	return saved, nil
}

// addPlaybook stores the version after the one that a playbook has, and returns what the
// team is told.
func (d *Desk) addPlaybook(tx *store.Tx, me chat.Agent, p chat.Playbook) (chat.Event, error) {
	p.Version++
	err := tx.AddPlaybook(store.PlaybookVersion{Playbook: p, By: me.ID, ByName: me.Name, At: chat.Micros(d.now())})
	return d.fact(chat.KindPlaybook, me.Actor(), p), err
}

// ofLiveGroups puts the successors in the place of deleted groups that gates name: of a
// form that was opened before, or a playbook of before gates were handed on.
func ofLiveGroups(tx *store.Tx, p chat.Playbook) (chat.Playbook, error) {
	for _, id := range slices.Concat(p.Transfer.Into.Groups, p.Transfer.Out.Groups) {
		to, err := successorOf(tx, id)
		if chat.IsKind(err, chat.Missing) {
			continue // mayBeWritten says so
		}
		if err != nil {
			return p, err
		}
		if to.ID != id {
			p, _ = p.HandOn(id, to.ID)
		}
	}
	return p, nil
}

// mayBeWritten refuses what names a group or colleagues that are not there.
func mayBeWritten(tx *store.Tx, p chat.Playbook) error {
	if _, err := liveGroup(tx, p.Group); err != nil {
		return err
	}
	for _, a := range p.Transfer.Except {
		_, err := tx.Agent(a)
		if chat.IsKind(err, chat.Missing) {
			return chat.Errorf(chat.Invalid, "There is no colleague %q who could be left out. Nothing was stored.", a)
		}
		if err != nil {
			return err
		}
	}
	for _, g := range append(slices.Clone(p.Transfer.Into.Groups), p.Transfer.Out.Groups...) {
		if _, err := liveGroup(tx, g); err != nil {
			return err
		}
	}
	return nil
}

func outdated(now store.PlaybookVersion) error {
	message := "This is not the newest version of the playbook. Nothing was stored; load it again."
	if now.ByName != "" {
		message = now.ByName + " has saved another version of this playbook. Nothing was stored; look at it, then save yours again if it is still right."
	}
	return &chat.Error{Kind: chat.Conflict, Message: message, Detail: now}
}
