package stream

// Ready reports whether the Hub follows the log: before that, connections wait.
func (h *Hub) Ready() bool { return h.ready.Load() }
