//go:build mutant_route_rung

package routing

const fault = faultRung
