/** What the server asks of a password, so that the form can say it while one types. */
export const minPassword = 12;
export const maxPassword = 200;

export interface PasswordHints {
  /** Characters still missing. */
  missing: number;
  tooLong: boolean;
  /** It holds a part of the person's own name or address. */
  personal: boolean;
  /** It is one short pattern repeated. */
  repeated: boolean;
  fine: boolean;
}

/** passwordHints judges a password as the person types it; the server has the last word. */
export function passwordHints(password: string, known: readonly string[] = []): PasswordHints {
  const length = [...password].length;
  const lower = password.toLocaleLowerCase();
  const parts = known.flatMap((k) => k.toLocaleLowerCase().split(/[\s@.]+/u)).filter((k) => k.length >= 4);
  const hints = {
    missing: Math.max(0, minPassword - length),
    tooLong: length > maxPassword,
    personal: parts.some((p) => lower.includes(p)),
    repeated: /^(.{1,4})\1+$/u.test(password),
  };
  return { ...hints, fine: hints.missing === 0 && !hints.tooLong && !hints.personal && !hints.repeated };
}
