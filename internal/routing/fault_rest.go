//go:build mutant_route_rest

package routing

const fault = faultRest
