package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/mail"
	"net/url"
	"slices"
	"strings"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/notify"
	"earshot/internal/store"
)

// noPush is the word of --push-services that switches push off.
const noPush = "none"

// pushKeysSetting holds the pair by which push services know this workspace. Another
// pair would end every subscription.
const pushKeysSetting = "push_keys"

// pushServices are the services that may be called; none where push is off.
func (c Config) pushServices() (notify.Targets, error) {
	all := c.PushServices
	switch {
	case len(all) == 0:
		all = notify.PushServices()
	case slices.Contains(all, noPush):
		if len(all) > 1 {
			return notify.Targets{}, errors.New("--push-services none switches push off: name no service beside it")
		}
		return notify.Targets{}, nil
	}
	t, err := notify.ParseTargets(all)
	if err != nil {
		return t, fmt.Errorf("--push-services: %w", err)
	}
	return t, nil
}

func (c Config) checkPush() error {
	if _, err := c.pushServices(); err != nil || c.PushContact == "" || strings.HasPrefix(c.PushContact, "https://") {
		return err
	}
	if a, err := mail.ParseAddress(c.PushContact); err != nil || a.Address != c.PushContact {
		return fmt.Errorf("--push-contact %q is neither an e-mail address nor one that begins with https://", c.PushContact)
	}
	return nil
}

// pushContact is how a push service reaches the operator: some refuse who does not
// tell.
func (c Config) pushContact() string {
	if c.PushContact != "" {
		return c.PushContact
	}
	if u, err := url.Parse(c.PublicURL); err == nil && u.Scheme == "https" {
		return c.PublicURL
	}
	return "operator@localhost"
}

// openPush readies what reaches devices without an open page; nothing where the
// operator has switched it off.
func (a *App) openPush(ctx context.Context) (desk.Push, error) {
	targets, err := a.cfg.pushServices()
	if err != nil || len(targets.Services)+len(targets.Own) == 0 {
		return desk.Push{}, err
	}
	keys, err := pushKeys(ctx, a.store)
	if err != nil {
		return desk.Push{}, err
	}
	a.pusher = notify.NewPusher(keys, a.cfg.pushContact(), targets)
	return desk.Push{Key: keys.Public, Check: func(s store.Subscription) error { return checkSubscription(targets, s) }}, nil
}

func checkSubscription(t notify.Targets, s store.Subscription) error {
	err := t.Check(s.Endpoint)
	if err == nil {
		err = notify.Subscription{Endpoint: s.Endpoint, P256DH: s.P256DH, Auth: s.Auth}.Check()
	}
	if err != nil {
		return chat.Errorf(chat.Invalid, "This browser's push service cannot be used: %v. Ask the operator of this server; see --push-services.", err)
	}
	return nil
}

// pushKeys loads the workspace's pair, which the first node makes.
func pushKeys(ctx context.Context, st *store.Store) (notify.Keys, error) {
	keys, err := notify.NewKeys()
	if err != nil {
		return keys, err
	}
	fresh, err := json.Marshal(keys)
	if err != nil {
		return keys, fmt.Errorf("app: push keys: %w", err)
	}
	var text string
	err = st.Write(ctx, func(tx *store.Tx) (err error) {
		text, err = tx.KeepSetting(pushKeysSetting, string(fresh))
		return err
	})
	if err == nil {
		err = json.Unmarshal([]byte(text), &keys)
	}
	if err != nil {
		return keys, fmt.Errorf("app: push keys: %w", err)
	}
	return keys, nil
}
