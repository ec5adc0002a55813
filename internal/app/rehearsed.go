package app

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"earshot/internal/desk"
)

// mostNamed is how many conversations are named behind a number in text.
const mostNamed = 10

// printRehearsed prints an outcome as a person reads it.
func printRehearsed(out io.Writer, r desk.Rehearsed) error {
	d := r.Diff
	fmt.Fprintf(out, "%s\n\n", d.Text)
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(table, "of %d visits\tnow\tchanged\t\n", d.Visits)
	fmt.Fprintf(table, "met nobody\t%d\t%d\t\n", len(d.Nobody.Before), len(d.Nobody.After))
	fmt.Fprintf(table, "gave up waiting\t%d\t%d\t\n", len(d.Left.Before), len(d.Left.After))
	fmt.Fprintf(table, "took an answer by e-mail\t%d\t%d\t\n", len(d.ByMail.Before), len(d.ByMail.After))
	fmt.Fprintf(table, "waited, half of them at most\t%s\t%s\t\n", minutes(d.Median.Before), minutes(d.Median.After))
	fmt.Fprintf(table, "waited, nine of ten at most\t%s\t%s\t\n", minutes(d.Slowest.Before), minutes(d.Slowest.After))
	for _, a := range d.Agents {
		fmt.Fprintf(table, "chats of %s\t%d\t%d\t\n", a.Name, len(a.Before), len(a.After))
	}
	if err := table.Flush(); err != nil {
		return fmt.Errorf("simulate: %w", err)
	}
	for _, m := range d.Moves {
		printNamed(out, m.Text, m.IDs)
	}
	printNamed(out, "Met nobody only under the changed rules", d.Nobody.New)
	printNamed(out, "Gave up only under the changed rules", d.Left.New)
	for _, n := range r.Notes {
		fmt.Fprintf(out, "\nNote: %s\n", n)
	}
	return nil
}

func printNamed(out io.Writer, what string, ids []string) {
	if len(ids) == 0 {
		return
	}
	fmt.Fprintf(out, "\n%s:\n  %s\n", what, strings.Join(ids[:min(len(ids), mostNamed)], "\n  "))
	if more := len(ids) - mostNamed; more > 0 {
		fmt.Fprintf(out, "  and %d more; --json names all\n", more)
	}
}

// minutes writes a span as minutes and seconds.
func minutes(d time.Duration) string {
	s := int(d.Round(time.Second) / time.Second)
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}
