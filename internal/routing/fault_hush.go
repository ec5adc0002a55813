//go:build mutant_route_hush

package routing

const fault = faultHush
