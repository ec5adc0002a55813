//go:build mutant_route_beside

package routing

const fault = faultBeside
