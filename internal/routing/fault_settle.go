//go:build mutant_route_settle

package routing

const fault = faultSettle
