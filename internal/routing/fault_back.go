//go:build mutant_route_back

package routing

const fault = faultBack
