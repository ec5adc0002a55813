//go:build mutant_route_turn

package routing

const fault = faultTurn
