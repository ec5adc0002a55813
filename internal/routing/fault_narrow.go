//go:build mutant_route_narrow

package routing

const fault = faultNarrow
