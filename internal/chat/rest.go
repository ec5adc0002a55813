package chat

// Rest is a time that does not count: while a transfer is open, the lead's first
// reply is not due. Times are microseconds.
type Rest struct {
	For   int64 `json:"for"`   // so long in all
	Until int64 `json:"until"` // and the last one ended then
}

// Resting returns the rest after another one, from began to until, of a time that
// runs since a moment; what was before that moment does not count.
func (r *Rest) Resting(since, began, until int64) *Rest {
	total := max(0, until-max(began, since))
	if r != nil && r.Until > since {
		total += r.For
	}
	return &Rest{For: total, Until: until}
}

// Due puts off when something is due that runs since a moment: by what has rested,
// and so that there is a least time after it.
func (r *Rest) Due(since, due, least int64) int64 {
	if r == nil || r.Until <= since {
		return due
	}
	return max(due+r.For, r.Until+least)
}
