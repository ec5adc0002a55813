package bus_test

import (
	"testing"

	"earshot/internal/bus"
	"earshot/internal/bus/bustest"
)

func TestLocal_KeepsThePromisesOfABus(t *testing.T) {
	t.Parallel()
	bustest.Run(t, func(*testing.T) bustest.Bus { return bus.NewLocal() }, func(bustest.Bus) {})
}
