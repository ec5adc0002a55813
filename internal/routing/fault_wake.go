//go:build mutant_route_wake

package routing

const fault = faultWake
