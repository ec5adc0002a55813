package chat

import "time"

// UsedReply is a saved reply that a message was made of, as its author's device
// tells it: Edited, where the words do not stand in the message as they were put in.
type UsedReply struct {
	ID     SavedReplyID `json:"id"`
	Edited bool         `json:"edited,omitempty"`
}

const week = 7 * 24 * time.Hour

// WeekOf numbers the week of a time in microseconds. Uses are counted by weeks.
func WeekOf(at int64) int64 { return at / week.Microseconds() }

// StartOfWeek is the first moment of a week, in microseconds.
func StartOfWeek(n int64) int64 { return n * week.Microseconds() }

// ReplyWeek is how often a reply was used in a week: by one agent, and by everybody.
type ReplyWeek struct {
	Week     int64
	Own, All int
}

// FrecencyWeeks is how far back a reply's use is counted for its rank.
const FrecencyWeeks = 8

// Frecency is how likely an agent wants a reply, by how often and how lately it was
// used. A use counts half as much two weeks later, and his own three times as much
// as a colleague's.
func Frecency(uses []ReplyWeek, now int64) (rank int) {
	weights := []int{100, 71, 50, 35, 25, 18, 13, 9}
	for _, u := range uses {
		if age := max(now-u.Week, 0); age < FrecencyWeeks {
			rank += weights[age] * (u.All + 2*u.Own)
		}
	}
	return rank
}
