/** Plays one voice message or song. Only one plays at a time in the whole window. */
import { api } from '$lib/api';

const SPEEDS = [1, 1.5, 2] as const;

/** Who plays now; another that starts stops it. */
let playing: Player | null = null;

export class Player {
  state = $state<'idle' | 'loading' | 'playing' | 'paused' | 'failed'>('idle');
  /** In milliseconds. */
  position = $state(0);
  duration = $state(0);
  speed = $state<(typeof SPEEDS)[number]>(1);

  #audio: HTMLAudioElement | null = null;
  #url: string | null = null;

  constructor(
    readonly message: string,
    duration: number | null,
  ) {
    this.duration = duration ?? 0;
  }

  async toggle() {
    if (this.state === 'playing') this.pause();
    else await this.play();
  }

  async play() {
    if (playing !== this) playing?.pause();
    // eslint-disable-next-line @typescript-eslint/no-this-alias -- It says who plays.
    playing = this;
    try {
      const audio = this.#audio ?? (await this.#load());
      if (playing !== this) return; // Another one was started while this one loaded.
      audio.playbackRate = this.speed;
      await audio.play();
      this.state = 'playing';
    } catch {
      this.state = 'failed';
    }
  }

  pause() {
    this.#audio?.pause();
    if (this.state === 'playing') this.state = 'paused';
  }

  seek(milliseconds: number) {
    this.position = milliseconds;
    if (this.#audio) this.#audio.currentTime = milliseconds / 1000;
  }

  faster() {
    const next = (SPEEDS.indexOf(this.speed) + 1) % SPEEDS.length;
    this.speed = SPEEDS[next] ?? 1;
    if (this.#audio) this.#audio.playbackRate = this.speed;
  }

  /** Stops, and gives the file's memory back. */
  close() {
    this.#audio?.pause();
    if (playing === this) playing = null;
    if (this.#url) URL.revokeObjectURL(this.#url);
    this.#audio = null;
  }

  /** Media elements cannot read the shell's own addresses in every webview; a blob they can. */
  async #load(): Promise<HTMLAudioElement> {
    this.state = 'loading';
    const answer = await fetch(api.mediaUrl(this.message, 'full'));
    if (!answer.ok) throw new Error(`The file answered ${String(answer.status)}`);
    this.#url = URL.createObjectURL(await answer.blob());
    const audio = new Audio(this.#url);
    audio.currentTime = this.position / 1000;
    audio.ontimeupdate = () => (this.position = audio.currentTime * 1000);
    audio.ondurationchange = () => {
      if (Number.isFinite(audio.duration)) this.duration = audio.duration * 1000;
    };
    audio.onended = () => {
      this.state = 'paused';
      this.position = 0;
    };
    audio.onerror = () => (this.state = 'failed');
    this.#audio = audio;
    return audio;
  }
}
