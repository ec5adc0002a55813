package chat

// MaxLimit is the highest number of chats that an agent may take at once.
const MaxLimit = 50

// rank orders the roles by their rights; an unknown role has none.
func (r Role) rank() int {
	switch r {
	case Owner:
		return 5
	case Admin:
		return 4
	case Supervisor:
		return 3
	case Member:
		return 2
	case Colleague:
		return 1
	}
	return 0
}

// Within reports whether the role has at most the rights of the other one.
func (r Role) Within(other Role) bool { return r.rank() <= other.rank() }

// AgentChange changes an agent: nil fields stay.
type AgentChange struct {
	Name     *string
	Role     *Role
	Disabled *bool
	Limit    *int
	Skills   *[]string
	Topics   *[]string
	// OpenDrafts is the agent's own consent.
	OpenDrafts *bool
}

// ChangeAgent is the rule of changing an agent. Managers change whom they
// outrank and themselves, an owner everybody, everybody his own name and topics; nobody
// gives more rights than he has; owners counts the enabled owners, and the last
// one stays. Rights is raised where the change touches what the agent may see.
func ChangeAgent(by, target Agent, in AgentChange, owners int) (Agent, error) {
	if err := mayChange(by, target, in); err != nil {
		return target, err
	}
	after := target
	if in.Name != nil {
		after.Name = CleanName(*in.Name)
	}
	if in.Role != nil {
		after = after.become(*in.Role)
	}
	if in.Disabled != nil {
		after.Disabled = *in.Disabled
	}
	if in.Limit != nil {
		after.Limit = *in.Limit
	}
	if in.Skills != nil {
		skills, err := CleanSkills(*in.Skills)
		if err != nil {
			return target, err
		}
		after.Skills = skills
	}
	if in.Topics != nil {
		topics, err := CleanTopics(*in.Topics)
		if err != nil {
			return target, err
		}
		after.Topics = topics
	}
	if in.OpenDrafts != nil {
		after.OpenDrafts = *in.OpenDrafts
	}
	if err := checkChange(by, after, in); err != nil {
		return target, err
	}
	wasOwner := target.Role == Owner && !target.Disabled
	if wasOwner && (after.Role != Owner || after.Disabled) && owners <= 1 {
		return target, Errorf(Conflict, "%s is the only owner. Make somebody else an owner first; nothing was changed.", target.Name)
	}
	if after.Role != target.Role || after.Disabled != target.Disabled {
		after.Rights++
	}
	return after, nil
}

// become gives an agent a role. Who does not answer visitors is in no Group.
func (a Agent) become(r Role) Agent {
	if a.Role = r; !r.Answers() {
		a.Groups, a.Classes = []GroupID{}, nil
	}
	return a
}

func mayChange(by, target Agent, in AgentChange) error {
	self := by.ID == target.ID
	switch {
	case !self && in.OpenDrafts != nil:
		return Errorf(Denied, "Only %s can say that colleagues may read along. Nothing was changed.", target.Name)
	case by.Role.Manages() && (self || by.Role == Owner || target.Role.rank() < by.Role.rank()):
		return nil
	case self && in.Role == nil && in.Disabled == nil && in.Limit == nil && in.Skills == nil:
		return nil
	case self:
		return Errorf(Denied, "You may change your own name and topics alone. Ask an admin for the rest.")
	}
	return Errorf(Denied, "You may not change %s.", target.Name)
}

func checkChange(by, after Agent, in AgentChange) error {
	switch {
	case after.Name == "":
		return Errorf(Invalid, "A name is missing. Nothing was changed.")
	case !after.Role.Valid():
		return Errorf(Invalid, "There is no role %q; use owner, admin, supervisor, agent or colleague.", after.Role)
	case in.Role != nil && !after.Role.Within(by.Role):
		return Errorf(Denied, "You cannot give more rights than you have. Nothing was changed.")
	case in.Limit != nil && (after.Limit < 0 || after.Limit > MaxLimit):
		return Errorf(Invalid, "The limit of chats is a number from 1 to %d, or 0 for the workspace's.", MaxLimit)
	}
	return nil
}
