//go:build mutant_route_skip

package routing

const fault = faultSkip
