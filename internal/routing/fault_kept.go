//go:build mutant_route_kept

package routing

const fault = faultKept
