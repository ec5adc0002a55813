//go:build mutant_route_places

package routing

const fault = faultPlaces
