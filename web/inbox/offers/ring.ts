/** Ring sounds again and again while something rings, in one tab alone. */
export interface Ring {
  /** set says whether anything rings now. */
  set(on: boolean): void;
  stop(): void;
}

export interface RingEnv {
  setInterval: (run: () => void, ms: number) => unknown;
  clearInterval: (id: unknown) => void;
  /** Waits until this tab is the one that rings, and keeps it so until the promise it gets is settled. */
  alone: (held: Promise<void>) => Promise<boolean>;
}

/** Between two rings, in milliseconds. */
export const ringMs = 4000;

const system: RingEnv = {
  setInterval: (run, ms) => setInterval(run, ms),
  clearInterval: (id) => clearInterval(id as ReturnType<typeof setInterval>),
  alone: (held) => {
    if (!("locks" in navigator)) return Promise.resolve(true);
    return new Promise((mine) => {
      void navigator.locks.request("earshot.ring", async () => {
        mine(true);
        await held;
      });
    });
  },
};

/** ring makes a Ring; sound is one ring. */
export function ring(sound: () => void, env: RingEnv = system): Ring {
  let end: (() => void) | null = null;
  const begin = async () => {
    let on = true;
    let timer: unknown;
    const held = new Promise<void>((resolve) => {
      end = () => {
        on = false;
        env.clearInterval(timer);
        resolve();
      };
    });
    if (!(await env.alone(held)) || !on) return;
    sound();
    timer = env.setInterval(sound, ringMs);
  };
  const set = (on: boolean) => {
    if (on && end === null) void begin();
    if (on || end === null) return;
    end();
    end = null;
  };
  return { set, stop: () => set(false) };
}
