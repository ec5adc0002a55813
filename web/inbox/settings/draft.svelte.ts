/** What somebody has changed and not saved yet. It stays while the page lives, wherever he goes in between. */
import { SvelteMap } from "svelte/reactivity";

/** Draft is a value as it is saved and as it is being edited. Values are replaced, never changed in place. */
export interface Draft<T> {
  readonly value: T;
  readonly saved: T;
  readonly changed: boolean;
  /** It was saved differently by somebody else since the editing began. */
  readonly overtaken: boolean;
  set(next: T): void;
  discard(): void;
  /** heard tells what the server has now; what is being edited stays. It answers whether that overtook it. */
  heard(saved: T): boolean;
  /** stored tells that the server has taken the value. */
  stored(saved: T): void;
}

const open = new SvelteMap<string, Draft<unknown>>();

/** draftOf is the one Draft of a name; it begins with what is saved. */
export function draftOf<T>(name: string, saved: T): Draft<T> {
  const found = open.get(name) as Draft<T> | undefined;
  if (found) {
    found.heard(saved);
    return found;
  }
  const made = createDraft(saved);
  open.set(name, made as Draft<unknown>);
  return made;
}

/** unsavedIn reports whether the Draft of a name holds something that is not saved. */
export function unsavedIn(name: string): boolean {
  return open.get(name)?.changed ?? false;
}

/** forgetDraft drops a Draft whose subject is gone. */
export function forgetDraft(name: string): void {
  open.delete(name);
}

/** unsaved reports whether any Draft holds something that is not saved. */
export function unsaved(): boolean {
  return [...open.values()].some((draft) => draft.changed);
}

/** createDraft makes a Draft that nobody else knows. */
export function createDraft<T>(first: T): Draft<T> {
  let saved = $state.raw(first);
  let value = $state.raw(first);
  let overtaken = $state(false);
  const changed = $derived(!same(value, saved));
  return {
    get value() {
      return value;
    },
    get saved() {
      return saved;
    },
    get changed() {
      return changed;
    },
    get overtaken() {
      return overtaken && changed;
    },
    set: (next) => {
      value = next;
    },
    discard: () => {
      value = saved;
      overtaken = false;
    },
    heard: (next) => {
      if (same(next, saved)) return false;
      const editing = !same(value, saved) && !same(value, next);
      if (editing) overtaken = true;
      else value = next;
      saved = next;
      return editing;
    },
    stored: (next) => {
      saved = value = next;
      overtaken = false;
    },
  };
}

/** same compares JSON values; an absent field and one that is undefined, false, 0 or "" are the same, as Go leaves those out. */
export function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(plain(a)) === JSON.stringify(plain(b));
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value)
    .map(([name, part]) => [name, plain(part)] as const)
    .filter(([, part]) => part !== undefined && part !== false && part !== 0 && part !== "" && !hollow(part));
  return Object.fromEntries(entries.sort(([x], [y]) => (x < y ? -1 : 1)));
}

function hollow(part: unknown): boolean {
  return typeof part === "object" && part !== null && Object.keys(part).length === 0;
}
