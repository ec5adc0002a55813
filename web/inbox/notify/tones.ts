/** The tones of an open page, made on the spot: nothing is loaded. */

/** Tone is a few pitches in hertz, one after the other. */
interface Tone {
  pitches: readonly number[];
  /** Between the beginnings of two, and how long one sounds, in seconds. */
  apart: number;
  lasts: number;
}

export const tones = {
  chime: { pitches: [880, 1174.66], apart: 0.09, lasts: 0.22 },
  bell: { pitches: [1318.51, 1046.5], apart: 0.16, lasts: 0.5 },
  drop: { pitches: [740, 493.88], apart: 0.08, lasts: 0.16 },
  rise: { pitches: [523.25, 659.25, 783.99], apart: 0.11, lasts: 0.24 },
  knock: { pitches: [196, 196], apart: 0.13, lasts: 0.09 },
  ring: { pitches: [659.25, 880, 659.25, 880], apart: 0.16, lasts: 0.22 },
} as const satisfies Record<string, Tone>;

/** ToneName is a tone, or silence. */
export type ToneName = keyof typeof tones | "none";

/** Player plays tones. It is silent where the browser does not allow sound yet. */
export interface Player {
  /** play sounds a tone; volume is a percentage. */
  play(name: ToneName, volume: number): void;
  /** unlock must be called from a click or key press once, as browsers demand. */
  unlock(): void;
}

/** The loudest that a tone is played: several at once must not distort. */
const loudest = 0.24;

/** player makes a Player; the audio device is opened on first use. */
export function player(): Player {
  let context: AudioContext | undefined;
  const open = () => {
    try {
      context ??= new AudioContext();
    } catch {
      context = undefined; // No audio device: stay silent.
    }
    return context;
  };
  return {
    play: (name, volume) => {
      const audio = open();
      if (audio?.state !== "running" || name === "none" || volume <= 0) return;
      const { pitches, apart, lasts } = tones[name];
      for (const [i, pitch] of pitches.entries())
        sound(audio, pitch, audio.currentTime + i * apart, lasts, (loudest * Math.min(volume, 100)) / 100);
    },
    unlock: () =>
      void open()
        ?.resume()
        .catch(() => undefined),
  };
}

function sound(audio: AudioContext, pitch: number, start: number, lasts: number, volume: number): void {
  const source = audio.createOscillator();
  const gain = audio.createGain();
  source.frequency.value = pitch;
  gain.gain.setValueAtTime(0, start);
  gain.gain.linearRampToValueAtTime(volume, start + 0.01);
  gain.gain.exponentialRampToValueAtTime(0.0001, start + lasts);
  source.connect(gain).connect(audio.destination);
  source.start(start);
  source.stop(start + lasts + 0.03);
}
