//go:build mutant_route_invite

package routing

const fault = faultInvite
