/**
 * The first frames of videos: drawn here, where videos can be played, and kept by the core, so that
 * each is looked into once.
 *
 * One at a time, and only what came into sight: a video is held in memory while its frame is looked for.
 */
import { api, type Message } from '$lib/api';
import { base64From } from '$lib/shared/bytes';

/** Videos of WhatsApp's are at most this large; a document that is one may be larger. */
const LARGEST = 16 * 1024 * 1024;
/** Longer sides are made shorter: it becomes a small picture. */
const SIDE = 640;
/** A video that shows nothing by then shows nothing. */
const PATIENCE = 8000;

/** What was looked into since the window opened, found or not. */
const looked = new Set<string>();
let last: Promise<void> = Promise.resolve();

/** Returns whether the message's video waits for its small picture. */
export function wantsFrame({ id, kind, media }: Message): boolean {
  return (
    kind === 'video' &&
    media?.state === 'ready' &&
    !media.hasThumbnail &&
    (media.size ?? 0) <= LARGEST &&
    !looked.has(id)
  );
}

/** Looks into a video when its turn comes, and has the frame kept. What can't be played stays as it is. */
export function lookInto(message: Message): Promise<void> {
  if (!wantsFrame(message)) return last;
  looked.add(message.id);
  last = last.then(() => look(message.id)).catch(() => undefined);
  return last;
}

async function look(message: string) {
  const answer = await fetch(api.mediaUrl(message, 'full'));
  if (!answer.ok) return;
  const url = URL.createObjectURL(await answer.blob());
  const video = document.createElement('video');
  try {
    video.muted = true;
    video.preload = 'auto';
    video.src = url;
    await shown(video);
    await keep(message, video);
  } finally {
    // Without this the webview holds the whole file.
    video.removeAttribute('src');
    video.load();
    URL.revokeObjectURL(url);
  }
}

/** Has what a video shows now kept, if it shows anything. */
export async function keep(message: string, video: HTMLVideoElement) {
  looked.add(message);
  const { videoWidth: width, videoHeight: height } = video;
  if (width === 0 || height === 0) return;
  const scale = Math.min(1, SIDE / Math.max(width, height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  canvas.getContext('2d')?.drawImage(video, 0, 0, canvas.width, canvas.height);
  const frame = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/jpeg', 0.85));
  if (frame) await api.keepFrame(message, await base64From(frame));
}

function shown(video: HTMLVideoElement): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('The video shows nothing')), PATIENCE);
    const done = (deed: () => void) => () => {
      clearTimeout(timer);
      deed();
    };
    video.onloadeddata = done(resolve);
    video.onerror = done(() => reject(new Error('The video can’t be played')));
  });
}
