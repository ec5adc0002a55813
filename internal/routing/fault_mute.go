//go:build mutant_route_mute

package routing

const fault = faultMute
