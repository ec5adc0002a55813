package storetest

import (
	"context"
	"errors"
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/chat"
	"earshot/internal/store"
)

func upkeepSuite() map[string]func(*testing.T, *World) {
	return map[string]func(*testing.T, *World){
		"files wait until they are sent":        filesWait,
		"a draft's version only rises":          draftVersions,
		"presence is the newest lease":          presenceIsNewest,
		"who left the queue is found":           leftQueue,
		"page views are counted by the hour":    pageViews,
		"jobs are claimed, replaced and buried": jobsAreClaimed,
		"jobs that were given up are listed":    jobsThatWereGivenUp,
		"a stored job rings the bell":           jobsRing,
		"the settings are what was promised":    settingsAreRight,
		"a new epoch has another name":          newEpoch,
	}
}

func filesWait(t *testing.T, w *World) {
	f := store.File{FileRef: chat.FileRef{ID: "f_1", Name: "a.png", Type: "image/png", Size: 9, Width: 2, Height: 3}, Owner: "visitor:v_1", CreatedAt: 10}
	late := store.File{FileRef: chat.FileRef{ID: "f_2", Name: "b", Type: "text/plain"}, CreatedAt: 20}
	w.Write(func(tx *store.Tx) error { return errors.Join(tx.SaveFile(f), tx.SaveFile(late)) })
	unsent := func(before int64) (ids []chat.FileID) {
		w.Read(func(tx *store.Tx) error {
			files, err := tx.UnsentFiles(before, 10)
			for _, f := range files {
				ids = append(ids, f.ID)
			}
			return err
		})
		return ids
	}
	if got := unsent(20); !cmp.Equal(got, []chat.FileID{"f_1"}) {
		t.Errorf("unsent before 20: %v", got)
	}
	f.Conversation, f.Seq, f.Thumb = "c_1", 4, true
	w.Write(func(tx *store.Tx) error { return tx.SaveFile(f) })
	w.Read(func(tx *store.Tx) error {
		got, err := tx.File("f_1")
		if !cmp.Equal(got, f) {
			t.Errorf("file %+v, want %+v", got, f)
		}
		return err
	})
	if got := unsent(99); !cmp.Equal(got, []chat.FileID{"f_2"}) {
		t.Errorf("unsent after one was sent: %v", got)
	}
	w.Write(func(tx *store.Tx) error { return tx.DeleteFile("f_2") })
	if got := unsent(99); len(got) != 0 {
		t.Errorf("unsent after all were deleted: %v", got)
	}
}

func draftVersions(t *testing.T, w *World) {
	ann := Agent("ann", chat.Member)
	w.Write(func(tx *store.Tx) error { return tx.SaveAgent(ann) })
	d := store.Draft{Conversation: "c_1", Voice: chat.VoiceReply}
	for i, text := range []string{"Hel", "Hello", "", "Again"} {
		d.Text = text
		w.Write(func(tx *store.Tx) error {
			version, err := tx.SaveDraft(ann.ID, d)
			if version != int64(i+1) {
				t.Errorf("version %d after %d saves", version, i+1)
			}
			return err
		})
		want := []store.Draft{}
		if text != "" {
			want = append(want, store.Draft{Conversation: "c_1", Voice: chat.VoiceReply, Text: text, Version: int64(i + 1)})
		}
		w.Read(func(tx *store.Tx) error {
			got, err := tx.Drafts(ann.ID)
			if !cmp.Equal(got, want) {
				t.Errorf("drafts %+v, want %+v", got, want)
			}
			return err
		})
	}
}

func presenceIsNewest(t *testing.T, w *World) {
	w.Write(func(tx *store.Tx) error {
		return errors.Join(
			tx.RenewPresence("n1", []store.Present{{Agent: "a_1"}, {Agent: "a_2"}, {Visitor: "v_1"}}, 100),
			tx.RenewPresence("n2", []store.Present{{Agent: "a_1"}}, 200),
			tx.RenewPresence("n1", []store.Present{{Agent: "a_1"}}, 150),
			tx.RenewPresence("n1", nil, 160))
	})
	for since, want := range map[int64]map[chat.AgentID]int64{0: {"a_1": 200, "a_2": 100}, 101: {"a_1": 200}, 201: {}} {
		w.Read(func(tx *store.Tx) error {
			got, err := tx.PresentAgents(since)
			if !maps.Equal(got, want) {
				t.Errorf("present since %d: %v, want %v", since, got, want)
			}
			return err
		})
	}
	many := make([]store.Present, 2500)
	for i := range many {
		many[i].Visitor = chat.VisitorID(string(rune('a'+i%26)) + string(rune('0'+i/26)))
	}
	w.Write(func(tx *store.Tx) error { return tx.RenewPresence("n1", many, 300) })
}

func leftQueue(t *testing.T, w *World) {
	gone, here, alive, taken, back := w.Visitor("gone"), w.Visitor("here"), w.Visitor("alive"), w.Visitor("taken"), w.Visitor("back")
	for _, v := range []*chat.Visitor{&gone, &here, &alive, &taken, &back} {
		w.Start(v.Conversation, v.Actor(), openGroup, "")
		v.Seen = 10
	}
	alive.Seen = 500
	w.Append(taken.Conversation, func(s chat.State) ([]chat.Event, error) {
		return chat.Take(s, Agent("ann", chat.Member), chat.Given{}, clock())
	})
	ann := Agent("ann", chat.Member)
	w.Append(back.Conversation, func(s chat.State) ([]chat.Event, error) { return chat.Take(s, ann, chat.Given{}, clock()) })
	w.Append(back.Conversation, func(s chat.State) ([]chat.Event, error) {
		return chat.Requeue(s, ann, ann, chat.PutBack, chat.Order{}, clock())
	})
	w.Write(func(tx *store.Tx) error {
		return errors.Join(tx.SaveVisitor(gone), tx.SaveVisitor(here), tx.SaveVisitor(alive), tx.SaveVisitor(taken), tx.SaveVisitor(back),
			tx.RenewPresence("n1", []store.Present{{Visitor: here.ID}}, 200), tx.RenewPresence("n1", []store.Present{{Visitor: gone.ID}}, 50))
	})
	w.Read(func(tx *store.Tx) error {
		got, err := tx.LeftQueue(100, 10)
		if want := map[chat.ConversationID]int64{gone.Conversation: 50}; !maps.Equal(got, want) {
			t.Errorf("left: %v, want %v", got, want)
		}
		return err
	})
}

func pageViews(t *testing.T, w *World) {
	view := store.PageView{Site: "s_1", Path: "/a", Referrer: "x.example", Language: "de", At: 3_600_000_000 + 5}
	later := view
	later.At += 3_600_000_000
	w.Write(func(tx *store.Tx) error { return tx.CountPageViews([]store.PageView{view, view, later}) })
	view.At += 100
	w.Write(func(tx *store.Tx) error { return tx.CountPageViews([]store.PageView{view}) })
	w.Read(func(tx *store.Tx) error {
		got, err := tx.PageViews("s_1", 0, 1<<60)
		if len(got) != 2 || got[0].At != 3_600_000_000 || got[0].Views != 3 || got[1].Views != 1 {
			t.Errorf("counters %+v", got)
		}
		return err
	})
}

func jobsAreClaimed(t *testing.T, w *World) {
	w.Write(func(tx *store.Tx) error {
		return errors.Join(tx.Enqueue(store.Job{Kind: "k", Key: "1", Due: 10, Body: []byte(`1`)}), tx.Enqueue(store.Job{Kind: "k", Key: "2", Due: 5, Body: []byte(`2`)}),
			tx.Enqueue(store.Job{Kind: "k", Key: "3", Due: 99, Body: []byte(`3`)}))
	})
	claim := func(now, until int64) (keys string, jobs []store.Job) {
		w.Write(func(tx *store.Tx) (err error) {
			jobs, err = tx.ClaimJobs(now, until, 10)
			return err
		})
		for _, j := range jobs {
			keys += j.Key
		}
		return keys, jobs
	}
	keys, jobs := claim(20, 50)
	if keys != "21" {
		t.Fatalf("claimed %q, want the two that are due, oldest first", keys)
	}
	if again, _ := claim(49, 60); again != "" {
		t.Errorf("claimed %q although it is leased", again)
	}
	w.Write(func(tx *store.Tx) error {
		return errors.Join(tx.FinishJob(jobs[0].ID), tx.Enqueue(store.Job{Kind: "k", Key: "1", Due: 30, Body: []byte(`"new"`)}), tx.FinishJob(jobs[1].ID))
	})
	keys, jobs = claim(30, 90)
	if keys != "1" || string(jobs[0].Body) != `"new"` || jobs[0].Attempts != 0 {
		t.Fatalf("after a replacement: %q %+v", keys, jobs)
	}
	w.Write(func(tx *store.Tx) error { return tx.RetryJob(jobs[0].ID, 40) })
	if keys, jobs = claim(40, 90); keys != "1" || jobs[0].Attempts != 1 {
		t.Fatalf("after a retry: %q %+v", keys, jobs)
	}
	if keys, jobs = claim(90, 110); keys != "1" || jobs[0].Attempts != 2 {
		t.Fatalf("after a lease that ran out: %q %+v, want its attempt counted", keys, jobs)
	}
	w.Write(func(tx *store.Tx) error { return tx.ReturnJob(jobs[0].ID, 95) })
	if keys, jobs = claim(95, 98); keys != "1" || jobs[0].Attempts != 2 {
		t.Fatalf("after a return: %q %+v, want no attempt counted", keys, jobs)
	}
	w.Write(func(tx *store.Tx) error { return tx.BuryJob(jobs[0].ID, "broken", 99) })
	if keys, _ = claim(1000, 2000); keys != "3" {
		t.Errorf("after a burial: %q is due, want 3", keys)
	}
	w.Read(func(tx *store.Tx) error {
		dead, err := tx.DeadJobs([]string{"k"}, store.DeadPlace{}, 10)
		if len(dead) != 1 || dead[0].Reason != "broken" || dead[0].Attempts != 3 {
			t.Errorf("dead: %+v", dead)
		}
		due, found, errNext := tx.NextJob(store.JobKinds{})
		if !found || due != 2000 {
			t.Errorf("next is at %d (%v), want the end of the lease", due, found)
		}
		return errors.Join(err, errNext)
	})
}

func jobsThatWereGivenUp(t *testing.T, w *World) {
	w.Write(func(tx *store.Tx) error {
		for _, key := range []string{"1", "2", "3"} {
			if err := errors.Join(tx.Enqueue(store.Job{Kind: "k", Key: key, Due: 10}), tx.Enqueue(store.Job{Kind: "other", Key: key, Due: 10})); err != nil {
				return err
			}
		}
		all, err := tx.ClaimJobs(10, 20, 10)
		for i, j := range all {
			err = errors.Join(err, tx.BuryJob(j.ID, "broken", 100+int64(i/4)))
		}
		return err
	})
	kinds := []string{"k"}
	dead := func(behind store.DeadPlace, limit int) (all []store.DeadJob) {
		w.Read(func(tx *store.Tx) (err error) {
			all, err = tx.DeadJobs(kinds, behind, limit)
			return err
		})
		return all
	}
	all := dead(store.DeadPlace{}, 10)
	if len(all) != 3 || all[0].Due < all[2].Due {
		t.Fatalf("dead: %+v", all)
	}
	for i, one := range all {
		if behind := dead(store.DeadPlace{At: one.Due, ID: one.ID}, 10); len(behind) != 2-i {
			t.Errorf("behind the %d. there are %+v", i, behind)
		}
	}
	did := func(act func(*store.Tx) (bool, error)) (found bool) {
		w.Write(func(tx *store.Tx) (err error) {
			found, err = act(tx)
			return err
		})
		return found
	}
	revive := func(kinds ...string) bool {
		return did(func(tx *store.Tx) (bool, error) { return tx.ReviveJob(all[0].ID, kinds, 30) })
	}
	if revive("other") || !revive("k") || revive("k") {
		t.Error("a job is revived as another kind, not at all, or twice")
	}
	var again []store.Job
	w.Write(func(tx *store.Tx) (err error) {
		again, err = tx.ClaimJobs(30, 40, 10)
		return err
	})
	if len(again) != 1 || again[0].Key != all[0].Key || again[0].Attempts != 0 {
		t.Errorf("due again: %+v", again)
	}
	drop := func(kinds ...string) bool {
		return did(func(tx *store.Tx) (bool, error) { return tx.DropDeadJob(all[1].ID, kinds) })
	}
	if drop("other") || !drop("k") || drop("k") {
		t.Error("a job is dropped as another kind, not at all, or twice")
	}
	w.Write(func(tx *store.Tx) error { return tx.ForgetDeadJobs(kinds, 1000) })
	left := dead(store.DeadPlace{}, 10)
	kinds = []string{"other"}
	if others := dead(store.DeadPlace{}, 10); len(left) != 0 || len(others) != 3 {
		t.Errorf("left after forgetting: %+v, of others %+v", left, others)
	}
}

func jobsRing(t *testing.T, w *World) {
	w.Write(func(tx *store.Tx) error { return tx.Enqueue(store.Job{Kind: "k", Key: "1", Due: 10}) })
	<-w.S.JobsDue()
}

func settingsAreRight(t *testing.T, w *World) {
	all, err := w.S.Settings(context.Background())
	if err != nil || len(all) < 6 {
		t.Fatalf("%d settings: %v", len(all), err)
	}
	for _, s := range all {
		if !s.OK {
			t.Errorf("%s is %s, want %s", s.Name, s.Value, s.Want)
		}
	}
}

func newEpoch(t *testing.T, w *World) {
	before := w.S.Epoch()
	if err := w.S.NewEpoch(context.Background()); err != nil {
		t.Fatal(err)
	}
	if before == "" || w.S.Epoch() == before || w.S.Epoch() == "" {
		t.Errorf("the epoch was %q and is %q", before, w.S.Epoch())
	}
}
