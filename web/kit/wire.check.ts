import type { components } from "./api.gen.ts";
import type * as wire from "./wire.ts";
import type * as rules from "./rules.ts";
import type { Hit, Invite, Me, Session } from "./agent-api.ts";
import type * as pass from "./pass-api.ts";
import type * as playbook from "./playbook-api.ts";
import type * as saved from "./replies-api.ts";
import type * as triage from "./triage-api.ts";
import type * as targets from "./targets-api.ts";
import type { TalkHead } from "./channels-api.ts";
import type { HandoverLine } from "./handover-api.ts";
import type * as routing from "./routing-api.ts";

/**
 * What the server says it sends must be what the kit takes for granted: each
 * line fails to compile where the two have drifted apart. Events are compared
 * without their body, which the description leaves open; so it does words that a
 * later version may add to.
 */
type Sent = components["schemas"];
type Fits<Given, Wanted> = Given extends Wanted ? true : { given: Given; wanted: Wanted };
/** A private audience names people: no list of words describes it. */
type Described = "body" | "kind" | "audience";
type Envelope = Omit<wire.Event, Described>;
type OpenThread = "mode" | "asked";
type OpenTalk = "kind" | "policy";

export const fits: {
  agent: Fits<Sent["Agent"], wire.Agent>;
  appearance: Fits<Sent["Appearance"], wire.Appearance>;
  access: Fits<Sent["Access"], wire.Access>;
  assigned: Fits<Sent["Assigned"], wire.Assigned>;
  closed: Fits<Sent["Closed"], wire.Closed>;
  conversation: Fits<Omit<Sent["Conversation"], "last" | "kind">, Omit<wire.Conversation, "last" | "kind">>;
  counts: Fits<Sent["Counts"], wire.Counts>;
  draft: Fits<Sent["Draft"], wire.Draft>;
  event: Fits<Omit<Sent["Event"], Described>, Envelope>;
  loss: Fits<Sent["Loss"], wire.Loss>;
  file: Fits<Sent["FileRef"], wire.FileRef>;
  signal: Fits<Sent["Signal"], wire.Signal>;
  site: Fits<Sent["Site"], wire.Site>;
  thread: Fits<Omit<Sent["Thread"], OpenThread>, Omit<wire.Thread, OpenThread>>;
  visitor: Fits<Sent["Visitor"], wire.Visitor>;
  me: Fits<Sent["Myself"], Me>;
  session: Fits<Sent["Session"], Session>;
  invite: Fits<Omit<Sent["OpenInvite"], "role">, Omit<Invite, "role">>;
  board: Fits<Sent["Board"], routing.Board>;
  queue: Fits<Sent["QueueView"], routing.QueueView>;
  restricted: Fits<Sent["Restricted"], { stubs: routing.Stub[] }>;
  handover: Fits<Omit<Sent["HandoverLine"], "last" | "promise">, Omit<HandoverLine, "last" | "promise">>;
  share: Fits<Sent["DriftWeek"], routing.ShareWeek>;
  hit: Fits<Omit<Sent["Hit"], "event" | "talk">, Omit<Hit, "event" | "talk">>;
  talkHead: Fits<Omit<Sent["TalkHead"], OpenTalk>, Omit<TalkHead, OpenTalk>>;
  group: Fits<Sent["Group"], wire.Group>;
  managedGroup: Fits<Sent["ManagedGroup"], rules.ManagedGroup>;
  route: Fits<Sent["Route"], rules.RouteRule>;
  tried: Fits<Sent["Tried"], rules.Tried>;
  routing: Fits<Sent["RoutingSettings"], rules.WorkspaceRouting>;
  targets: Fits<Sent["Targets"], targets.Targets>;
  owed: Fits<Sent["Owed"], pass.Owed>;
  kept: Fits<Sent["Kept"], pass.Kept>;
  wrongWays: Fits<Sent["WrongWays"], triage.WrongWays>;
  bookUse: Fits<Sent["BookUse"], pass.BookUse>;
  nobody: Fits<Sent["NobodyThere"], pass.NobodyThere>;
  somebody: Fits<Sent["SomebodyThere"], pass.SomebodyThere>;
  away: Fits<Sent["AwayThen"], pass.AwayThen>;
  playbook: Fits<Sent["PlaybookVersion"], playbook.PlaybookVersion>;
  savedReply: Fits<Sent["ReplyView"], saved.SavedReply>;
  filledReply: Fits<Sent["FilledReply"], saved.FilledReply>;
  replyUse: Fits<Sent["ReplyUse"], saved.ReplyUse>;
  replyImport: Fits<Sent["ReplyImport"], saved.ReplyImport>;
} = {
  agent: true,
  appearance: true,
  access: true,
  assigned: true,
  closed: true,
  conversation: true,
  counts: true,
  draft: true,
  event: true,
  loss: true,
  file: true,
  signal: true,
  site: true,
  thread: true,
  visitor: true,
  me: true,
  session: true,
  invite: true,
  board: true,
  queue: true,
  restricted: true,
  handover: true,
  share: true,
  hit: true,
  talkHead: true,
  group: true,
  managedGroup: true,
  route: true,
  tried: true,
  routing: true,
  targets: true,
  owed: true,
  kept: true,
  wrongWays: true,
  bookUse: true,
  nobody: true,
  somebody: true,
  away: true,
  playbook: true,
  savedReply: true,
  filledReply: true,
  replyUse: true,
  replyImport: true,
};
