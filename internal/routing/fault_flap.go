//go:build mutant_route_flap

package routing

const fault = faultFlap
