//go:build mutant_route_stray

package routing

const fault = faultStray
