package routing

// The planted faults. Each is a build tag "mutant_route_" followed by the name;
// the table in fault_test.go says which test each must turn red.
const (
	faultCapacity = "capacity" // an agent is given more than fits
	faultFCFS     = "fcfs"     // who came last is served first
	faultRows     = "rows"     // ties end in the order of rows
	faultSettle   = "settle"   // a warning is not remembered
	faultBeside   = "beside"   // only an agent without any chat counts as free
	faultPlaces   = "places"   // an assigned Thread keeps its open offers
	faultOffer    = "offer"    // an offer outlives its deadline
	faultInvite   = "invite"   // the next of a group is asked though he has no room
	faultWake     = "wake"     // the next look comes a minute late
	faultAging    = "aging"    // waiting never outweighs priority
	faultFlap     = "flap"     // a lost connection hands back at once
	faultHours    = "hours"    // clock changes are overlooked
	faultWait     = "wait"     // the estimate forgets the visitor himself
	faultRung     = "rung"     // who is rung waits for a release, too
	faultKept     = "kept"     // who is kept for one is told the wait for all
	faultTried    = "tried"    // whom nobody is asked for takes a release all the same
	faultOwner    = "owner"    // all are rung beside the visitor's own contact
	faultStray    = "stray"    // who comes back to a full group reaches another
	faultNarrow   = "narrow"   // what a visitor reads is rounded to the mark below
	faultTurn     = "turn"     // round robin forgets whose turn it was
	faultWaking   = "waking"   // every waking chat may exceed the limit
	faultBack     = "back"     // wrong ways speak for where they went
	faultRest     = "rest"     // the first reply is due while a transfer rings
	faultDeaf     = "deaf"     // who gets room hears nothing of what was passed on before
	faultSkip     = "skip"     // who is deaf is asked whatever the group says
	faultMute     = "mute"     // where all are deaf nobody is asked
	faultHush     = "hush"     // who was passed over stays so when the last who hears has gone
	faultLong     = "long"     // a colleague is rung for as long as it is passed on
)
