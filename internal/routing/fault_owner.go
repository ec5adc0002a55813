//go:build mutant_route_owner

package routing

const fault = faultOwner
