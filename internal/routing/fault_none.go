//go:build !mutant_route_capacity && !mutant_route_fcfs && !mutant_route_rows && !mutant_route_settle && !mutant_route_beside && !mutant_route_places && !mutant_route_offer && !mutant_route_wake && !mutant_route_aging && !mutant_route_flap && !mutant_route_hours && !mutant_route_wait && !mutant_route_rung && !mutant_route_stray && !mutant_route_owner && !mutant_route_kept && !mutant_route_tried && !mutant_route_narrow && !mutant_route_turn && !mutant_route_waking && !mutant_route_invite && !mutant_route_back && !mutant_route_rest && !mutant_route_deaf && !mutant_route_long && !mutant_route_skip && !mutant_route_mute && !mutant_route_hush

package routing

// fault is the planted fault of this build: none.
const fault = ""
