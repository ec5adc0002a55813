package routing_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// faults are the planted ones and the test that each turns red. A guard that no
// fault can trip guards nothing.
var faults = []struct{ tag, dir, red string }{
	{"mutant_route_deaf", ".", "TestDecide_WhatIsPassedToAGroupRingsWhoCouldTakeIt"},
	{"mutant_route_skip", ".", "TestDeaf_NobodyDeafIsGivenAChatBesideWhoHears"},
	{"mutant_route_mute", ".", "TestDeaf_WhereAllAreItIsAsIfTheGroupSaidNothing"},
	{"mutant_route_hush", ".", "TestDeaf_WhoWasPassedOverIsAskedWhenTheLastWhoHearsHasGone"},
	{"mutant_route_long", ".", "TestDecide_OffersEndByTheirDeadline"},
	{"mutant_route_capacity", ".", "TestDecide_NeverAboveCapacity"},
	{"mutant_route_waking", ".", "TestDecide_NeverAboveCapacity"},
	{"mutant_route_beside", ".", "TestDecide_NobodyWaitsBesideAFreeAbleAgent"},
	{"mutant_route_rows", ".", "TestDecide_DoesNotDependOnTheOrderOfRows"},
	{"mutant_route_settle", ".", "TestDecide_IsDoneAfterItsOwnDecisions"},
	{"mutant_route_fcfs", ".", "TestDecide_FirstComeFirstServedInsideAClass"},
	{"mutant_route_places", ".", "TestDecide_EveryThreadIsInOnePlace"},
	{"mutant_route_offer", ".", "TestDecide_OffersEndByTheirDeadline"},
	{"mutant_route_wake", ".", "TestDecide_NothingFallsDueBeforeTheWake"},
	{"mutant_route_turn", ".", "TestScripts_DecideAsWritten"},
	{"mutant_route_aging", ".", "TestDrain_IsFairAndNobodyStarves"},
	{"mutant_route_flap", ".", "TestFlapping_CostsNoChat"},
	{"mutant_route_invite", ".", "TestInvites_AskOnlyWhoIsFreeAndEndInTime"},
	{"mutant_route_hours", ".", "TestHours_AgreeWithAnOracleOfMinutes"},
	{"mutant_route_back", ".", "TestSuggest_WrongWaysSpeakAgainst"},
	{"mutant_route_rest", ".", "TestFirstReply_StandsStillWhileATransferIsOpen"},
	{"mutant_route_narrow", ".", "TestMinutes_CoverWhatTheAgentsRead"},
	{"mutant_route_rung", ".", "TestWaits_WhoIsRungWaitsForNoRelease"},
	{"mutant_route_rung", "./sim", "TestWaitEstimate_HoldsTheTrueWait"},
	{"mutant_route_kept", ".", "TestWaits_WhoIsKeptForSomeIsToldNoRangeOfAll"},
	{"mutant_route_tried", ".", "TestWaits_WhoIsKeptForSomeIsToldNoRangeOfAll"},
	{"mutant_route_owner", ".", "TestRingAll_AsksTheVisitorsOwnContactFirst"},
	{"mutant_route_stray", ".", "TestPlace_KeepsThePrecedence"},
	{"mutant_route_wait", "./sim", "TestWaitEstimate_HoldsTheTrueWait"},
}

// TestFaults_TurnTheirTestRed plants the first three; make faults plants all.
func TestFaults_TurnTheirTestRed(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("builds the package once for each fault")
	}
	some := faults[:3]
	if os.Getenv("EARSHOT_FAULTS") == "all" {
		some = faults
	}
	for _, f := range some {
		cmd := exec.CommandContext(t.Context(), "go", "test", "-count=1", "-tags", f.tag, "-run", "^"+f.red+"$", f.dir)
		out, err := cmd.CombinedOutput()
		if err == nil || !strings.Contains(string(out), "--- FAIL: "+f.red) {
			t.Errorf("%s does not turn %s red: %v\n%s", f.tag, f.red, err, out)
		}
	}
}
