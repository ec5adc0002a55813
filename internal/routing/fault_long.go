//go:build mutant_route_long

package routing

const fault = faultLong
