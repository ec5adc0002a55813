//go:build mutant_route_rows

package routing

const fault = faultRows
