//go:build mutant_route_capacity

package routing

const fault = faultCapacity
