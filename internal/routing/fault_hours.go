//go:build mutant_route_hours

package routing

const fault = faultHours
