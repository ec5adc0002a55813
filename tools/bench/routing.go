package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
)

// What the router costs is said by benchmarks of routing and desk, by the names that `go test`
// prints; routers picks them.
const (
	roundLarge  = "BenchmarkRoute_NothingToDecide/agents=1000/waiting=5000/round"
	roundSmall  = "BenchmarkRoute_NothingToDecide/agents=100/waiting=200/round"
	roundTold   = "BenchmarkRoute_Telling/agents=1000/waiting=5000"
	arrivalMany = "BenchmarkArrival/closed=100000"
	arrivalFew  = "BenchmarkArrival/closed=100"
	roundFilled = "BenchmarkDecide_ThousandAgentsFiveThousandWaiting/groups=20"
	routers     = "^BenchmarkRoute_NothingToDecide$/^(agents=100|agents=1000)$/^waiting=/^round$|^BenchmarkRoute_Telling$/^agents=1000$|^BenchmarkArrival$|^BenchmarkDecide_ThousandAgentsFiveThousandWaiting$/^groups=20$"
)

// routings measures one round of the router, and whether an arrival costs more where
// many conversations are closed, in processor time.
func (b bench) routings(ctx context.Context) error {
	var large, told, filled, small, many, few, sizes, closed []float64
	for range b.rounds {
		cost, err := routerCosts(ctx)
		if err != nil {
			return err
		}
		large, filled, small = append(large, cost[roundLarge]), append(filled, cost[roundFilled]), append(small, cost[roundSmall])
		told = append(told, cost[roundTold])
		many, few = append(many, cost[arrivalMany]), append(few, cost[arrivalFew])
		sizes, closed = append(sizes, cost[roundLarge]/cost[roundSmall]), append(closed, cost[arrivalMany]/cost[arrivalFew])
	}
	say("one round, 1,000 agents and 5,000 waiting", "%.1f ms of processor time (must 50 ms)", median(large))
	say("  one in which the queues are told, too", "%.1f ms (must 50 ms)", median(told))
	say("  deciding alone, on an empty floor: 3,000 offered", "%.1f ms (must 50 ms)", median(filled))
	say("one round, 100 agents and 200 waiting", "%.1f ms", median(small))
	say("  ratio (20 times as many)", "%.1f", median(sizes))
	say("arrival, round and going, 100,000 closed", "%.1f ms of processor time", median(many))
	say("arrival, round and going, 100 closed", "%.1f ms", median(few))
	say("  ratio (must not grow: 1)", "%.2f", median(closed))
	return nil
}

// routerCosts runs each of the benchmarks once, one after the other.
func routerCosts(ctx context.Context) (map[string]float64, error) {
	out, err := exec.CommandContext(ctx, "go", "test", "./internal/routing", "./internal/desk", "-run", "^$", "-bench", routers, "-timeout", "60m").CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("%w\n%s", err, out)
	}
	cost := processorCosts(out)
	for _, name := range []string{roundLarge, roundTold, roundFilled, roundSmall, arrivalMany, arrivalFew} {
		if cost[name] <= 0 {
			return nil, fmt.Errorf("%s gave no figure:\n%s", name, out)
		}
	}
	return cost, nil
}

// procs is what `go test` puts behind a name where it has more than one processor.
var procs = regexp.MustCompile(`-\d+$`)

// processorCosts are the milliseconds of processor time in what `go test -bench` prints.
func processorCosts(out []byte) map[string]float64 {
	cost := map[string]float64{}
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		for i := 2; i < len(fields); i++ {
			if ms, err := strconv.ParseFloat(fields[i-1], 64); err == nil && fields[i] == "cpu-ms/op" {
				cost[procs.ReplaceAllString(fields[0], "")] = ms
			}
		}
	}
	return cost
}
