import type { Call } from "./api.ts";
import type { Micros } from "./wire.ts";

/** NodeHealth is how one node does, as it alone can tell; sizes are bytes, answer microseconds. */
export interface NodeHealth {
  ready: boolean;
  feeds: number;
  answer: number;
  bus: { kind: "none" | "nats"; connected: boolean; since?: Micros; reason?: string };
  files: { kind: "disk" | "s3"; ok: boolean; reason?: string };
  disk: { free: number; total: number };
}

/** ServingNode is a process that serves the workspace; times are of the database's clock. */
export interface ServingNode {
  name: string;
  version: string;
  here: boolean;
  alive: boolean;
  since: Micros;
  seen: Micros;
  ahead: number;
  health: NodeHealth;
}

/** Installation is how the database, the jobs and each node do. */
export interface Installation {
  now: Micros;
  database: {
    engine: string;
    bytes: number;
    settings: { name: string; value: string; ok: boolean; want: string }[];
    unnumbered: number;
    oldest?: Micros;
  };
  jobs: { waiting: number; due: number; oldest?: Micros; dead: number };
  nodes: ServingNode[];
}

/** installation is what owners and admins ask about the machines. */
export function installation(call: Call) {
  return { installation: () => call<Installation>("GET", "/v1/admin/installation") };
}
