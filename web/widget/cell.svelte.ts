/** Cell is one value that the screen follows. It is replaced, never changed in place. */
export interface Cell<T> {
  value: T;
}

/** cell makes a Cell. */
export function cell<T>(first: T): Cell<T> {
  let value = $state.raw(first);
  return {
    get value() {
      return value;
    },
    set value(next) {
      value = next;
    },
  };
}
