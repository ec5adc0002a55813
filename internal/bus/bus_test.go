package bus_test

import (
	"testing"

	"earshot/internal/bus"
	"earshot/internal/bus/bustest"
)

func TestLocal_KeepsThePromisesOfABus(t *testing.T) {
	t.Parallel()
	bustest.Run(t, func(*testing.T) bus.Bus { return bus.NewLocal() }, func(bus.Bus) {})
}
