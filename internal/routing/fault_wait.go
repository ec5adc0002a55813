//go:build mutant_route_wait

package routing

const fault = faultWait
