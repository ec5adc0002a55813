//go:build mutant_route_fcfs

package routing

const fault = faultFCFS
