//go:build mutant_route_aging

package routing

const fault = faultAging
