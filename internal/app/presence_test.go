package app

import (
	"context"
	"testing"

	"earshot/client"
)

// TestPresence_AnAgentWhoConnectsIsThereAtOnce asks as a visitor does who opens
// the chat right after the inbox was opened: in less than a round of renewals.
func TestPresence_AnAgentWhoConnectsIsThereAtOnce(t *testing.T) {
	t.Parallel()
	r := start(t, Config{Data: dataDir(t)})
	owner := setUp(t, r)
	sites, err := owner.Sites(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	visitor := client.New(r.URL()).Visitor(client.NewToken(), sites[0].Key)
	if site, err := visitor.Site(t.Context()); err != nil || site.Online {
		t.Fatalf("online %v before anybody connects, %v", site.Online, err)
	}
	conn, err := owner.Dial(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if f, err := conn.Read(); err != nil || f.Type != "hello" {
		t.Fatalf("got %s, %v; want hello", f.Raw, err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), renewEvery/3)
	defer cancel()
	for online := false; !online; {
		site, err := visitor.Site(ctx)
		if err != nil {
			t.Fatalf("still nobody is there: %v", err)
		}
		online = site.Online
	}
}
