/** Sounds plays short tones made on the spot; nothing is loaded. */
export interface Sounds {
  /** ping is the tone of a new message. It is silent where the browser does not allow sound yet. */
  ping(): void;
  /** ring is a longer call that somebody is wanted; whoever plays it repeats it. */
  ring(): void;
  /** unlock must be called from a click or key press once, as browsers demand. */
  unlock(): void;
}

/** sounds makes Sounds; the audio device is opened on first use. */
export function sounds(volume = 0.12): Sounds {
  let context: AudioContext | undefined;
  const open = () => {
    try {
      context ??= new AudioContext();
    } catch {
      context = undefined; // No audio device: stay silent.
    }
    return context;
  };
  const play = (pitches: readonly number[], apart: number) => {
    const audio = open();
    if (audio?.state === "running") for (const [i, pitch] of pitches.entries()) tone(audio, pitch, audio.currentTime + i * apart, volume);
  };
  return {
    ping: () => play([880, 1174.66], 0.09),
    ring: () => play([659.25, 880, 659.25, 880], 0.16),
    unlock: () =>
      void open()
        ?.resume()
        .catch(() => undefined),
  };
}

function tone(audio: AudioContext, pitch: number, start: number, volume: number): void {
  const source = audio.createOscillator();
  const gain = audio.createGain();
  source.type = "sine";
  source.frequency.value = pitch;
  gain.gain.setValueAtTime(0, start);
  gain.gain.linearRampToValueAtTime(volume, start + 0.01);
  gain.gain.exponentialRampToValueAtTime(0.0001, start + 0.22);
  source.connect(gain).connect(audio.destination);
  source.start(start);
  source.stop(start + 0.25);
}
