package app

import (
	"errors"
	"fmt"
	"slices"

	"earshot/internal/chat"
	"earshot/internal/notify"
)

// noHooks is the word of --hook-targets that switches webhooks off.
const noHooks = "none"

// hookTargets are where groups' webhooks may lead; none where they are off.
func (c Config) hookTargets() (notify.Targets, error) {
	all := c.HookTargets
	switch {
	case len(all) == 0:
		all = []string{"*"}
	case slices.Contains(all, noHooks):
		if len(all) > 1 {
			return notify.Targets{}, errors.New("--hook-targets none switches webhooks off: name no host beside it")
		}
		return notify.Targets{}, nil
	}
	t, err := notify.ParseTargets(all)
	if err != nil {
		return t, fmt.Errorf("--hook-targets: %w", err)
	}
	return t, nil
}

func (c Config) checkHooks() error {
	_, err := c.hookTargets()
	return err
}

// openHooks readies what tells groups' webhooks, and answers what refuses an address;
// nil where the operator has switched them off.
func (a *App) openHooks() (func(string) error, error) {
	targets, err := a.cfg.hookTargets()
	if err != nil || len(targets.Services)+len(targets.Own) == 0 {
		return nil, err
	}
	a.hooks = targets.Client()
	return func(url string) error {
		if err := targets.Check(url); err != nil {
			return chat.Errorf(chat.Invalid, "This webhook cannot be used: %v. Ask the operator of this server; see --hook-targets.", err)
		}
		return nil
	}, nil
}
