import { afterEach, expect, it, vi } from 'vitest';
import { deskAnswers } from '../../../tests/desk';
import { aFile, aMessage } from '../../../tests/things';
import { lookInto, wantsFrame } from './frames';

/** A webview that plays, or does not. */
function plays(event: 'loadeddata' | 'error') {
  const video = {
    muted: false,
    preload: '',
    videoWidth: 1920,
    videoHeight: 1080,
    onloadeddata: () => undefined,
    onerror: () => undefined,
    set src(_: string) {
      setTimeout(() => (event === 'error' ? this.onerror() : this.onloadeddata()));
    },
    removeAttribute: vi.fn(),
    load: vi.fn(),
  };
  const canvas = {
    width: 0,
    height: 0,
    getContext: () => ({ drawImage: vi.fn() }),
    toBlob: (done: (blob: Blob) => void) => done(new Blob(['frame'])),
  };
  vi.spyOn(document, 'createElement').mockImplementation((name: string) =>
    name === 'video' ? (video as never) : (canvas as never),
  );
  vi.stubGlobal('fetch', () => Promise.resolve(new Response('film')));
  return { video, canvas };
}

const film = (id: string, media = {}) =>
  aMessage({
    id,
    kind: 'video',
    media: aFile({ mime: 'video/mp4', hasThumbnail: false, ...media }),
  });

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

it('has the first frame of a video kept once, small, and lets the video go', async () => {
  const calls = deskAnswers({ keep_frame: () => null });
  const { video, canvas } = plays('loadeddata');
  const message = film('film-1');
  void lookInto(message);
  await lookInto(message);

  const kept = calls.filter(({ command }) => command === 'keep_frame');
  expect(kept.map(({ args }) => args)).toEqual([{ message: 'film-1', base64: btoa('frame') }]);
  expect([canvas.width, canvas.height]).toEqual([640, 360]);
  expect(video.removeAttribute).toHaveBeenCalledWith('src');
  expect(wantsFrame(message)).toBe(false);
});

it('leaves a video that can’t be played as it is, and looks into the next', async () => {
  const calls = deskAnswers({ keep_frame: () => null });
  plays('error');
  await lookInto(film('broken'));
  expect(calls.filter(({ command }) => command === 'keep_frame')).toEqual([]);
  plays('loadeddata');
  await lookInto(film('film-2'));
  expect(calls.filter(({ command }) => command === 'keep_frame')).toHaveLength(1);
});

it('looks into nothing that has its picture, is not here, or is too large', () => {
  expect(wantsFrame(film('a', { hasThumbnail: true }))).toBe(false);
  expect(wantsFrame(film('b', { state: 'waiting' }))).toBe(false);
  expect(wantsFrame(film('c', { size: 90_000_000 }))).toBe(false);
  expect(wantsFrame({ ...film('d'), kind: 'image' })).toBe(false);
});
