package chat_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"earshot/internal/chat"
)

func TestParseOrigin_NormalisesAndRefuses(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"https://shop.example":            "https://shop.example",
		" https://Shop.Example/ ":         "https://shop.example",
		"https://shop.example:443":        "https://shop.example",
		"http://shop.example:80":          "http://shop.example",
		"http://localhost:8080":           "http://localhost:8080",
		"http://127.0.0.1:3000":           "http://127.0.0.1:3000",
		"https://[::1]:8443":              "https://[::1]:8443",
		"shop.example":                    "",
		"//shop.example":                  "",
		"ftp://shop.example":              "",
		"javascript:alert(1)":             "",
		"https://":                        "",
		"https://:443":                    "",
		"https://*.shop.example":          "",
		"https://shop.example/path":       "",
		"https://shop.example?q=1":        "",
		"https://shop.example#x":          "",
		"https://user:pass@shop.example":  "",
		"null":                            "",
		"":                                "",
		"https://shop.example\nhttps://x": "",
	} {
		got, err := chat.ParseOrigin(typed)
		if got != want || (err != nil) != (want == "") {
			t.Errorf("ParseOrigin(%q) = %q, %v; want %q", typed, got, err, want)
		}
		if err != nil && !chat.IsKind(err, chat.Invalid) {
			t.Errorf("ParseOrigin(%q) answers %v, want an invalid one", typed, err)
		}
	}
}

func TestAllows_IsExact(t *testing.T) {
	t.Parallel()
	s := chat.Site{Origins: []string{"https://app.example.com"}}
	for origin, want := range map[string]bool{
		"https://app.example.com": true, "https://app.example.com.evil": false, "http://app.example.com": false, "https://app.example.com:8443": false,
		"HTTPS://APP.EXAMPLE.COM": false, "https://example.com": false, "null": false, "": false,
	} {
		if got := s.Allows(origin); got != want {
			t.Errorf("Allows(%q) = %v, want %v", origin, got, want)
		}
	}
}

func TestCheckText_RefusesWhatNoMessageMayBe(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text  string
		files int
		ok    bool
	}{
		"words":                 {"hello", 0, true},
		"the most characters":   {strings.Repeat("é", chat.MaxText), 0, true},
		"one more":              {strings.Repeat("é", chat.MaxText+1), 0, false},
		"100 KB":                {strings.Repeat("x", 100_000), 0, false},
		"not UTF-8":             {"a\xffb", 0, false},
		"NUL":                   {"a\x00b", 0, false},
		"empty":                 {"", 0, false},
		"blank":                 {" \n\t", 0, false},
		"empty with a file":     {"", 1, true},
		"ten files":             {"", chat.MaxFiles, true},
		"eleven files":          {"x", chat.MaxFiles + 1, false},
		"not UTF-8 with a file": {"\xc3", 1, false},
	} {
		err := chat.CheckText(c.text, c.files)
		if (err == nil) != c.ok || (err != nil && !chat.IsKind(err, chat.Invalid)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCleanName_IsOneShortHarmlessLine(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"  Ada \n Lovelace ":     "Ada Lovelace",
		"Ada\x00\x1b[31m":        "Ada [31m",
		"\u202eyrtne\u202c Bob":  "yrtne Bob",
		"\ufeffBob\u2028Smith":   "Bob Smith",
		"":                       "",
		strings.Repeat("ä", 200): strings.Repeat("ä", chat.MaxName),
	} {
		if got := chat.CleanName(in); got != want {
			t.Errorf("CleanName(%q) = %q, want %q", in, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		in := string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes"))
		got := chat.CleanName(in)
		if !utf8.ValidString(got) || utf8.RuneCountInString(got) > chat.MaxName || strings.ContainsAny(got, "\x00\n\r\t\x1b\u202e") {
			t.Fatalf("CleanName(%q) = %q", in, got)
		}
		if again := chat.CleanName(got); again != got {
			t.Fatalf("cleaning %q again gives %q", got, again)
		}
	})
}

func TestCleanEmail_TakesBareAddressesAlone(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		" Ada@Example.COM ":               "ada@example.com",
		"ada+chat@example.co.uk":          "ada+chat@example.co.uk",
		"Ada <ada@example.com>":           "",
		"ada@example.com, bob@x.example":  "",
		"ada":                             "",
		"ada@":                            "",
		"ada@example.com\r\nBcc: x@y.z":   "",
		"":                                "",
		strings.Repeat("a", 300) + "@x.y": "",
	} {
		got, err := chat.CleanEmail(in)
		if got != want || (err != nil) != (want == "") {
			t.Errorf("CleanEmail(%q) = %q, %v; want %q", in, got, err, want)
		}
	}
}

func TestArrivalClean_StoresNothingThatCouldHarmAnAgent(t *testing.T) {
	t.Parallel()
	data := map[string]string{"plan": "gold\x00", "": "nameless"}
	for i := range 40 {
		data[fmt.Sprintf("z%02d", i)] = "x"
	}
	got := chat.Arrival{
		URL: "https://user:secret@shop.example/cart?item=1#token", Referrer: "javascript:alert(1)", Title: "A\nB",
		Language: "de-DE", Country: "DEU", Device: "Firefox\x1b", Visits: -3, Data: data,
	}.Clean()
	if n := len(got.Data); n != chat.MaxData || got.Data["plan"] != "gold" {
		t.Errorf("kept %d fields with plan %q, want %d with gold", n, got.Data["plan"], chat.MaxData)
	}
	got.Data = nil
	want := chat.Arrival{URL: "https://shop.example/cart?item=1", Title: "A B", Language: "de-DE", Country: "DE", Device: "Firefox"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("arrival (-want +got):\n%s", diff)
	}
	long := chat.Arrival{URL: "https://shop.example/p?q=" + strings.Repeat("x", 5000), Language: "x", Referrer: "https://a.example/" + strings.Repeat("y", 5000)}.Clean()
	want = chat.Arrival{URL: "https://shop.example/p", Referrer: "https://a.example"}
	if diff := cmp.Diff(want, long); diff != "" {
		t.Errorf("long arrival (-want +got):\n%s", diff)
	}
}

func TestSiteClean_FillsDefaultsAndRefuses(t *testing.T) {
	t.Parallel()
	got, err := chat.Site{Name: " Shop ", Origins: []string{"https://Shop.example/", "https://shop.example", " "}}.Clean()
	want := chat.Site{Name: "Shop", Origins: []string{"https://shop.example"}, Language: "en",
		Appearance: chat.Appearance{Accent: "#2457c5", Position: "bottom-right"}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("clean site: %v (-want +got):\n%s", err, diff)
	}
	many := make([]string, chat.MaxOrigins+1)
	for i := range many {
		many[i] = fmt.Sprintf("https://s%d.example", i)
	}
	ok := []string{"https://shop.example"}
	for name, s := range map[string]chat.Site{
		"no name":           {Origins: ok},
		"no origin":         {Name: "Shop"},
		"too many origins":  {Name: "Shop", Origins: many},
		"a broken origin":   {Name: "Shop", Origins: []string{"shop.example"}},
		"no language":       {Name: "Shop", Origins: ok, Language: "deutsch bitte"},
		"a style as colour": {Name: "Shop", Origins: ok, Appearance: chat.Appearance{Accent: "red;}"}},
		"no such position":  {Name: "Shop", Origins: ok, Appearance: chat.Appearance{Position: "top"}},
	} {
		if _, err := s.Clean(); !chat.IsKind(err, chat.Invalid) {
			t.Errorf("%s: %v, want an invalid one", name, err)
		}
	}
}

func TestCleanTopics_SaysWhatDoesNotFit(t *testing.T) {
	t.Parallel()
	many := make([]string, chat.MaxTopics+1)
	for i := range many {
		many[i] = fmt.Sprint("topic ", i)
	}
	if _, err := chat.CleanTopics(many); !chat.IsKind(err, chat.Invalid) || !strings.Contains(err.Error(), "31 topics") {
		t.Errorf("too many: %v", err)
	}
	if got, err := chat.CleanTopics(many[1:]); err != nil || len(got) != chat.MaxTopics {
		t.Errorf("as many as fit: %d, %v", len(got), err)
	}
}

func TestChangeAgent_NobodyReachesAboveHimself(t *testing.T) {
	t.Parallel()
	of := func(id chat.AgentID, r chat.Role) chat.Agent {
		return chat.Agent{ID: id, Name: string(id), Role: r, Limit: 4, Rights: 7}
	}
	role := func(r chat.Role) chat.AgentChange { return chat.AgentChange{Role: &r} }
	yes, name, limit, zero, below := true, "New", 9, 0, -1
	disable := chat.AgentChange{Disabled: &yes}
	topics, novel := []string{" VAT ", "VAT", "customs  duty", ""}, []string{strings.Repeat("x", 41)}
	owner, admin, super, member := of("a_o", chat.Owner), of("a_a", chat.Admin), of("a_s", chat.Supervisor), of("a_m", chat.Member)
	for what, c := range map[string]struct {
		by, target chat.Agent
		in         chat.AgentChange
		owners     int
		want       chat.ErrorKind
		rights     int64
	}{
		"owner disables an admin":          {owner, admin, disable, 1, "", 8},
		"owner gives ownership":            {owner, member, role(chat.Owner), 1, "", 8},
		"owner demotes the other owner":    {owner, of("a_p", chat.Owner), role(chat.Admin), 2, "", 8},
		"the last owner demotes himself":   {owner, owner, role(chat.Admin), 1, chat.Conflict, 0},
		"the last owner disables himself":  {owner, owner, disable, 1, chat.Conflict, 0},
		"the last owner renames himself":   {owner, owner, chat.AgentChange{Name: &name}, 1, "", 7},
		"admin changes a member's limit":   {admin, member, chat.AgentChange{Limit: &limit}, 1, "", 7},
		"admin raises a member to admin":   {admin, member, role(chat.Admin), 1, "", 8},
		"admin makes an owner":             {admin, member, role(chat.Owner), 1, chat.Denied, 0},
		"admin raises himself":             {admin, admin, role(chat.Owner), 1, chat.Denied, 0},
		"admin disables the owner":         {admin, owner, disable, 2, chat.Denied, 0},
		"admin disables another admin":     {admin, of("a_b", chat.Admin), disable, 1, chat.Denied, 0},
		"supervisor disables a member":     {super, member, disable, 1, chat.Denied, 0},
		"member raises himself":            {member, member, role(chat.Owner), 1, chat.Denied, 0},
		"member raises his own limit":      {member, member, chat.AgentChange{Limit: &limit}, 1, chat.Denied, 0},
		"member renames himself":           {member, member, chat.AgentChange{Name: &name}, 1, "", 7},
		"member renames a colleague":       {member, of("a_n", chat.Member), chat.AgentChange{Name: &name}, 1, chat.Denied, 0},
		"member says what he knows":        {member, member, chat.AgentChange{Topics: &topics}, 1, "", 7},
		"member says it of a colleague":    {member, of("a_n", chat.Member), chat.AgentChange{Topics: &topics}, 1, chat.Denied, 0},
		"member gives himself skills":      {member, member, chat.AgentChange{Topics: &topics, Skills: &topics}, 1, chat.Denied, 0},
		"admin says what a member knows":   {admin, member, chat.AgentChange{Topics: &topics}, 1, "", 7},
		"a topic like a novel":             {admin, member, chat.AgentChange{Topics: &novel}, 1, chat.Invalid, 0},
		"unknown role":                     {owner, member, role("root"), 1, chat.Invalid, 0},
		"the limit of the workspace":       {owner, member, chat.AgentChange{Limit: &zero}, 1, "", 7},
		"limit below nothing":              {owner, member, chat.AgentChange{Limit: &below}, 1, chat.Invalid, 0},
		"a second change counts once more": {owner, of("a_q", chat.Admin), role(chat.Member), 1, "", 8},
	} {
		got, err := chat.ChangeAgent(c.by, c.target, c.in, c.owners)
		switch {
		case c.want != "" && !chat.IsKind(err, c.want):
			t.Errorf("%s: %v, want %s", what, err, c.want)
		case c.want != "" && !cmp.Equal(got, c.target):
			t.Errorf("%s was refused and changed the agent to %+v", what, got)
		case c.want == "" && (err != nil || got.Rights != c.rights):
			t.Errorf("%s: %v, rights %d; want rights %d", what, err, got.Rights, c.rights)
		case c.want == "" && c.in.Topics != nil && !cmp.Equal(got.Topics, []string{"VAT", "customs duty"}):
			t.Errorf("%s: topics %q", what, got.Topics)
		}
	}
}
