import type { Call } from "./api.ts";
import type {
  GroupChange,
  ManagedGroup,
  Membership,
  PathsReport,
  Rehearsal,
  RehearsalChange,
  RouteRule,
  Trial,
  Tried,
  WorkspaceRouting,
} from "./rules.ts";
import type { GroupId } from "./wire.ts";

/** rules are the operations of those who decide about groups and routing. */
export function rules(call: Call) {
  const group = (id: GroupId, name = "") => `/v1/admin/groups/${encodeURIComponent(id)}${name}`;
  const rehearsal = (id: string) => `/v1/admin/rehearsals/${encodeURIComponent(id)}`;
  return {
    groups: () => call<{ groups: ManagedGroup[] }>("GET", "/v1/admin/groups"),
    addGroup: (body: GroupChange) => call<ManagedGroup>("POST", "/v1/admin/groups", { body }),
    changeGroup: (id: GroupId, body: GroupChange) => call<ManagedGroup>("PATCH", group(id), { body }),
    setMembers: (id: GroupId, members: Membership[]) => call<ManagedGroup>("PUT", group(id, "/members"), { body: { members } }),
    deleteGroup: (id: GroupId, successor: GroupId) => call<void>("POST", group(id, "/delete"), { body: { successor } }),
    routes: () => call<{ routes: RouteRule[] }>("GET", "/v1/admin/routes"),
    setRoutes: (routes: RouteRule[]) => call<{ routes: RouteRule[] }>("PUT", "/v1/admin/routes", { body: { routes } }),
    tryRoutes: (trial: Trial, signal?: AbortSignal) =>
      call<Tried>("POST", "/v1/admin/routes/try", { body: trial, ...(signal ? { signal } : {}) }),
    workspaceRouting: () => call<WorkspaceRouting>("GET", "/v1/admin/routing"),
    setWorkspaceRouting: (body: WorkspaceRouting) => call<WorkspaceRouting>("PUT", "/v1/admin/routing", { body }),
    rehearse: (days: number, change: RehearsalChange) => call<Rehearsal>("POST", "/v1/admin/rehearsals", { body: { days, ...change } }),
    rehearsal: (id: string) => call<Rehearsal>("GET", rehearsal(id)),
    cancelRehearsal: (id: string) => call<void>("DELETE", rehearsal(id)),
    paths: (days: number) => call<PathsReport>("GET", "/v1/admin/paths", { query: { days } }),
  };
}
