package chat

import (
	"maps"
	"slices"
	"time"
)

// MaxSub is how long the name of an Identity may be, in characters.
const MaxSub = 200

// Identity is who a Visitor is, as his site's own server has signed. A Site and a
// Sub are one Visitor, on however many devices.
type Identity struct {
	// Sub is the site's own name for him, such as the number of his account.
	Sub   string `json:"sub"`
	Name  string `json:"name,omitempty"`
	Email string `json:"email,omitempty"`
	// Data is what the site's server tells about him.
	Data map[string]string `json:"data,omitempty"`
}

// Clean checks an Identity. The Sub is taken exactly or refused: two that only look
// alike must never be one.
func (i Identity) Clean() (Identity, error) {
	if i.Sub == "" || CleanLine(i.Sub, MaxSub) != i.Sub {
		return Identity{}, Errorf(Invalid, "The sub of an identity is one line of 1 to %d characters, such as the number of an account.", MaxSub)
	}
	i.Name, i.Data = CleanName(i.Name), cleanData(i.Data)
	if i.Email != "" {
		clean, err := CleanEmail(i.Email)
		if err != nil {
			return Identity{}, Errorf(Invalid, "The email of an identity is an address like name@example.com, or left out.")
		}
		i.Email = clean
	}
	return i, nil
}

// SignedAs is the body of visitor.signed: the Visitor's own site has said who he is.
// The lines of his resume token close: from here on he is who signs in as that.
type SignedAs struct {
	Visitor VisitorID `json:"visitor"`
	Sub     string    `json:"sub"`
	// Beside says that there was a Visitor of that name already; see [Visitor.Beside].
	Beside bool `json:"beside,omitempty"`
}

// Proven returns the Visitor with what is signed about him, which stands before what
// he typed.
func (v Visitor) Proven(i Identity) Visitor {
	v.Signed = &i
	if i.Name != "" {
		v.Name = i.Name
	}
	if i.Email != "" {
		v.Email = i.Email
	}
	return v
}

// Called returns the Visitor with a name and an address that he typed, or that his
// page says without a signature. What is signed stays.
func (v Visitor) Called(name, email string) Visitor {
	if name != "" && (v.Signed == nil || v.Signed.Name == "") {
		v.Name = name
	}
	if email != "" && (v.Signed == nil || v.Signed.Email == "") {
		v.Email = email
	}
	return v
}

// Proven returns the Arrival with what is signed about the Visitor: rules go by that
// before they go by what the page says.
func (a Arrival) Proven(v Visitor) Arrival {
	if v.Signed == nil || len(v.Signed.Data) == 0 {
		return a
	}
	data := maps.Clone(v.Signed.Data)
	for _, name := range slices.Sorted(maps.Keys(a.Data)) {
		if _, signed := data[name]; !signed && len(data) < MaxData {
			data[name] = a.Data[name]
		}
	}
	a.Data = data
	return a
}

// SignIn is the rule of a browser's anonymous Visitor being signed in. He becomes the
// Visitor of the Identity where that has none yet; where it is known he stands beside.
func SignIn(v Visitor, who Identity, known bool, now time.Time) (Visitor, Event, error) {
	if v.Signed != nil {
		return Visitor{}, Event{}, Errorf(Denied, "This visitor is signed in already, and stays who he is.")
	}
	v = v.Proven(who)
	v.Beside = known
	return v, Fact(KindSigned, v.Actor(), ForAgents, Micros(now), SignedAs{Visitor: v.ID, Sub: who.Sub, Beside: known}), nil
}

// Apart reports whether two of the Visitors are signed as different people.
func Apart(people []Visitor) bool {
	var first *Visitor
	for i, v := range people {
		switch {
		case v.Signed == nil:
		case first == nil:
			first = &people[i]
		case v.Site != first.Site || v.Signed.Sub != first.Signed.Sub:
			return true
		}
	}
	return false
}
