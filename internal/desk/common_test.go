package desk_test

import (
	"testing"

	"earshot/internal/bus"
	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
)

// A list of the commonest passwords holds short ones; what people make of them
// when they must write twelve characters is as common.
func TestPassword_WhatIsMadeOfCommonOnesIsRefused(t *testing.T) {
	t.Parallel()
	w := desktest.Empty(t)
	d := desk.New(w.Store, w.Files, bus.NewLocal(), desk.Options{Now: w.Clock.Now, CommonPasswords: []string{"password", "password1", "Dragon", "qwertyuiop", "123456", "love"}})
	token := must[string](t)(d.SetupToken(t.Context()))
	setUp := func(password string) error {
		_, err := d.SetUp(t.Context(), desk.Setup{Token: token, Name: "Olivia", Email: desktest.Email, Password: password, SiteName: "Shop",
			Origins: []string{"https://shop.example"}}, from("192.0.2.1"))
		return err
	}
	for _, bad := range []string{"password1234", "PassWord2026!", "passwordpassword", "1234567890123", "qwertyuiop12", "dragon-dragon", "!!password!!1", "123456dragon", "password1password1"} {
		wantKind(t, bad, setUp(bad), chat.Invalid)
	}
	for _, good := range []string{"dragon love password", "a quiet bench in the sun", "passwordly yours, Ann", "k3#vq9!xw2$p", "83#72!91$4-55", "love 8461 9273 5540"} {
		// An accepted one goes on to the link, which must be a dead one here.
		_, err := d.SetUp(t.Context(), desk.Setup{Token: "none", Name: "Olivia", Email: desktest.Email, Password: good, SiteName: "Shop",
			Origins: []string{"https://shop.example"}}, from("192.0.2.1"))
		wantKind(t, good, err, chat.Gone)
	}
}
