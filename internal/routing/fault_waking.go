//go:build mutant_route_waking

package routing

const fault = faultWaking
