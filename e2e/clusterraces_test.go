package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestNodes_RacesFitOneOrder is TestRaces_EveryOrderIsAnOrder at three nodes: whom a
// call reaches is the balancer's choice, and each has a router.
func TestNodes_RacesFitOneOrder(t *testing.T) { // not parallel: it wants the machine
	c := startCluster(t, 3)
	o := c.race(t, nil)
	fmt.Printf("races at three nodes: %v\n", o)
	for _, n := range c.nodes {
		for line := range strings.Lines(n.out.String()) {
			if strings.Contains(line, `"level":"ERROR"`) {
				t.Error(line)
			}
		}
	}
	o.fitsOneOrder(t)
}

// TestCluster_RacesFitOneOrderInAStorm is the same while nodes die, stand still and are
// cut off, and PostgreSQL and NATS go and come back. What became of many a deed nobody
// is told; no chat may be given twice or to who has no room for it all the same.
func TestCluster_RacesFitOneOrderInAStorm(t *testing.T) { // not parallel: as above
	if *faultSeconds < 10 {
		t.Skip("a storm wants a minute; make cluster-test lets one blow")
	}
	c := startClusterOf(t, clusterOptions{nodes: 3, apart: true, postgres: []string{}})
	o := c.race(t, func() {
		after := func(d time.Duration, do func()) {
			select {
			case <-time.After(d):
				do()
			case <-t.Context().Done():
			}
		}
		for range 3 {
			after(time.Second, c.nodes[0].kill)
			after(time.Second, func() { c.nodes[0].again(t); c.nodes[1].pause(t); c.nats.stop() })
			after(faultTime()/6, func() { c.nodes[1].resume(t); c.nodes[2].link.cut(t) })
			after(faultTime()/6, func() { c.nodes[2].link.heal(t); c.nats.start(t); c.postgres.Stop() })
			after(time.Second/2, c.postgres.Start)
			for _, n := range c.nodes {
				if err := n.waitReady(t.Context(), time.Minute); err != nil {
					t.Errorf("%v\n%s", err, lastLines(n.out.String(), 20))
				}
			}
		}
	})
	fmt.Printf("races at three nodes in a storm: %v\n", o)
	o.fitsOneOrder(t)
}

// race lets a team and its visitors at a cluster.
func (c *cluster) race(t testing.TB, storm func()) outcome {
	t.Helper()
	groups := raceGroups()
	agents := raceAgents(24, groups)
	for _, n := range c.nodes {
		n.kill()
	}
	tickets := plant(t, c.workspace, groups, raceTiming(), agents)
	for _, n := range c.nodes {
		n.again(t)
	}
	s := signedIn(t, c.workspace, groups, agents, tickets)
	s.storm = storm
	return raceAt(t, s, *deedsAtOnce, func() {
		for _, n := range c.nodes {
			if err := n.stop(t); err != nil {
				t.Errorf("the stop: %v\n%s", err, lastLines(n.out.String(), 20))
			}
		}
	})
}

func (o outcome) fitsOneOrder(t testing.TB) {
	t.Helper()
	if !o.clean() {
		t.Errorf("%v", o)
		for _, what := range o.first {
			t.Log(what)
		}
	}
	if o.deeds < *deedsAtOnce || o.decisions < o.deeds/40 {
		t.Errorf("%d deeds, %d decisions: the test proves nothing", o.deeds, o.decisions)
	}
}
