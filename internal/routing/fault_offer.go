//go:build mutant_route_offer

package routing

const fault = faultOffer
