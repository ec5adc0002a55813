//go:build mutant_route_deaf

package routing

const fault = faultDeaf
