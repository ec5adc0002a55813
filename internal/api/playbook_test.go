package api

import (
	"net/http"
	"strings"
	"testing"

	"earshot/internal/chat"
)

func TestPlaybook_IsWrittenReadAndComparedOverHTTP(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	path := "/v1/groups/" + string(h.Group.ID) + "/playbook"
	body := `{"version":0,"transfer":{"when":"For invoices.","reasons":[{"code":"","label":"VAT"}],
		"questions":[{"id":"","text":"Which invoice?","required":true,"reasons":["vat"]}],"held":{"way":"mail","due":60}},"group_chat":{"most":2},"jump_in":{}}`
	var saved, read chat.Playbook
	h.manage(http.MethodPut, path, body, http.StatusOK, &saved)
	h.manage(http.MethodGet, path, "", http.StatusOK, &read)
	if saved.Version != 1 || read.Transfer.Questions[0].ID != "q1" || read.Transfer.Held.Way != chat.HeldMail || read.GroupChat.Most != 2 {
		t.Errorf("saved %+v, read %+v", saved, read)
	}
	raw := h.manage(http.MethodPut, path, strings.Replace(body, "60", "61", 1), http.StatusConflict, nil)
	for _, want := range []string{h.Owner.Name + " has saved another version", `"data":{"playbook":{`, `"version":1`} {
		if !strings.Contains(raw, want) {
			t.Errorf("the conflict lacks %s: %s", want, raw)
		}
	}
	var history playbookVersions
	h.manage(http.MethodGet, path+"/versions", "", http.StatusOK, &history)
	if len(history.Versions) != 1 || history.Versions[0].ByName != h.Owner.Name || history.Next != 0 {
		t.Errorf("history %+v", history)
	}
	for what, wrong := range map[string]string{
		"an unknown field inside": strings.Replace(body, `"required"`, `"requird"`, 1),
		"an unknown chapter":      strings.Replace(body, `"jump_in":{}`, `"jump_in":{},"jump_out":{}`, 1),
		"an unknown way":          strings.Replace(body, "mail", "fax", 1),
		"a reason nobody has":     strings.Replace(body, `["vat"]`, `["tax"]`, 1),
	} {
		if raw := h.manage(http.MethodPut, path, wrong, http.StatusUnprocessableEntity, nil); !strings.Contains(raw, `"kind":"invalid"`) {
			t.Errorf("%s: %s", what, raw)
		}
	}
}
