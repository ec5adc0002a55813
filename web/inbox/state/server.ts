/** The one API of this browser's session, and refusals as values. */
import { agentApi } from "$kit/agent-api.ts";
import { ApiError } from "$kit/api.ts";

export const api = agentApi();

/** Failure is a refusal with a sentence for the person. */
export type Failure = ApiError;

/** Outcome is an answer, or the reason why there is none. */
export type Outcome<T> = { ok: true; value: T } | { ok: false; failure: Failure };

/** attempt turns a refusal into a value; anything else is a defect and stays thrown. */
export async function attempt<T>(work: Promise<T>): Promise<Outcome<T>> {
  try {
    return { ok: true, value: await work };
  } catch (error) {
    if (error instanceof ApiError) return { ok: false, failure: error };
    throw error;
  }
}
