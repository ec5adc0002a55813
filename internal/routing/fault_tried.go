//go:build mutant_route_tried

package routing

const fault = faultTried
