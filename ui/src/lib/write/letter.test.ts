import { render } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import Asks from '../../../tests/Asks.svelte';
import { deskAnswers } from '../../../tests/desk';
import { aMessage, aTemplate, staged } from '../../../tests/things';
import type { Message, NewBody, Result } from '../api';
import { Letter, Letters } from './letter.svelte';

const refused = { code: 'offline', message: 'No network.', details: null };

/** Takes what is sent, and refuses from the given one on. */
function post(refusedFrom = Infinity) {
  const taken: [NewBody, Message | null][] = [];
  const send = (body: NewBody, quoted: Message | null): Promise<Result<Message>> => {
    if (taken.length >= refusedFrom) return Promise.resolve({ ok: false, error: refused });
    taken.push([body, quoted]);
    return Promise.resolve({ ok: true, value: aMessage() });
  };
  return { taken, send };
}

describe('a letter', () => {
  it('goes as one text, quoting what it answers', async () => {
    deskAnswers({});
    const letter = new Letter('maria');
    const quoted = aMessage();
    letter.text = ' Hola ';
    letter.replyTo = quoted;
    const { taken, send } = post();

    expect(await letter.send(send)).toBeNull();
    expect(taken).toEqual([[{ type: 'text', text: 'Hola' }, quoted]]);
    expect(letter.text).toBe('');
    expect(letter.replyTo).toBeNull();
  });

  it('comes back before what was typed meanwhile', async () => {
    deskAnswers({});
    const letter = new Letter('maria');
    const quoted = aMessage();
    letter.text = 'Hola';
    letter.replyTo = quoted;
    const sending = letter.send(post(0).send);
    letter.text = 'y otra cosa';

    expect(await sending).toEqual(refused);
    expect(letter.text).toBe('Hola\ny otra cosa');
    expect(letter.replyTo).toBe(quoted);
  });

  it('gives its words to the first file that takes any', async () => {
    const letter = new Letter('maria');
    letter.uploads.addStaged(staged({ id: 'v', kind: 'voice' }));
    letter.uploads.addStaged(staged({ id: 'p', kind: 'image' }));
    letter.text = 'Así';
    const { taken, send } = post();
    await letter.send(send);

    expect(taken.map(([body]) => body)).toEqual([
      { type: 'file', file: 'v', kind: 'voice', caption: '' },
      { type: 'file', file: 'p', kind: 'image', caption: 'Así' },
    ]);
  });

  it('sends its words alone where no file takes any', async () => {
    const letter = new Letter('maria');
    letter.uploads.addStaged(staged({ id: 'v', kind: 'voice' }));
    letter.text = 'Escucha';
    const { taken, send } = post();
    await letter.send(send);
    expect(taken.map(([body]) => body.type)).toEqual(['text', 'file']);
  });

  it('keeps the files that were not sent, and sends none of them twice', async () => {
    const letter = new Letter('maria');
    letter.uploads.addStaged(staged({ id: 'a', kind: 'image' }));
    letter.uploads.addStaged(staged({ id: 'b', kind: 'image' }));
    letter.text = 'Dos';
    const first = post(1);
    expect(await letter.send(first.send)).toEqual(refused);

    expect(letter.text).toBe('');
    const second = post();
    await letter.send(second.send);
    const files = [...first.taken, ...second.taken].map(([body]) =>
      body.type === 'file' ? body.file : '',
    );
    expect(files).toEqual(['a', 'b']);
  });

  it('says that somebody types, and not with each letter', () => {
    const calls = deskAnswers({});
    const letter = new Letter('maria');
    letter.typed('H', 100_000);
    letter.typed('Ho', 101_000);
    letter.typed('Hol', 119_999);
    expect(calls.filter(({ command }) => command === 'set_typing')).toHaveLength(1);
    letter.typed('Hola', 120_000);
    expect(calls.filter(({ command }) => command === 'set_typing')).toHaveLength(2);
    letter.typed('', 200_000);
    expect(calls.filter(({ command }) => command === 'set_typing')).toHaveLength(2);
  });

  it('keeps a form that could not be sent', async () => {
    const letter = new Letter('maria');
    letter.form = 'buttons';
    letter.text = '¿Cuándo?';
    const body: NewBody = { type: 'buttons', text: '¿Cuándo?', buttons: [] };
    expect(await letter.sendForm(body, post(0).send)).toEqual(refused);
    expect(letter.form).toBe('buttons');
    expect(await letter.sendForm(body, post().send)).toBeNull();
    expect(letter.form).toBeNull();
    expect(letter.text).toBe('');
  });
});

describe('an upload', () => {
  const bytes = (size: number) => new File([new Uint8Array(size).fill(65)], 'a.bin');

  it('goes piece by piece, in order and whole', async () => {
    const pieces: string[] = [];
    deskAnswers({
      stage_start: () => 's1',
      stage_append: ({ base64 }) => {
        pieces.push(String(base64));
        return null;
      },
      stage_finish: () => staged(),
    });
    const letter = new Letter('maria');
    letter.uploads.add([bytes(1_000_000)]);
    await vi.waitFor(() => {
      expect(letter.uploads.ready).toBe(true);
    });
    expect(pieces).toHaveLength(3);
    expect(pieces.map((piece) => atob(piece).length)).toEqual([393_216, 393_216, 213_568]);
  });

  it('stops and is discarded when it is taken away', async () => {
    let letter: Letter | null = null;
    const calls = deskAnswers({
      stage_start: () => 's1',
      stage_append: () => {
        const [upload] = letter?.uploads.all ?? [];
        if (upload) letter?.uploads.remove(upload);
        return null;
      },
      stage_finish: () => staged(),
    });
    letter = new Letter('maria');
    letter.uploads.add([bytes(1_000_000)]);
    await vi.waitFor(() => {
      expect(calls.some(({ command }) => command === 'stage_discard')).toBe(true);
    });
    expect(calls.filter(({ command }) => command === 'stage_append')).toHaveLength(1);
    expect(calls.some(({ command }) => command === 'stage_finish')).toBe(false);
    expect(letter.uploads.all).toEqual([]);
  });

  it('is kept, form and all, and comes back after a restart', async () => {
    let kept: unknown = null;
    deskAnswers({
      draft: () => kept,
      keep_draft: ({ letter }) => {
        kept = letter;
        return null;
      },
    });
    const letter = new Letter('maria');
    await letter.load();
    letter.text = 'quedo en';
    letter.open('location');
    letter.filled.location.where = '19.4, -99.1';
    expect(await letter.keep()).toBeNull();

    const later = new Letter('maria');
    await later.load();
    expect([later.text, later.form, later.filled.location.where]).toEqual([
      'quedo en',
      'location',
      '19.4, -99.1',
    ]);
    later.text = '';
    later.filled.location.where = '';
    await later.keep();
    expect(kept).toBeNull();
  });

  it('comes back after it was deleted and that was taken back', async () => {
    const calls = deskAnswers({});
    const letter = new Letter('maria');
    await letter.load();
    letter.text = 'hola';
    const was = await letter.discard();
    expect(letter.empty).toBe(true);
    if (was.ok) await letter.putBack(was.value);
    expect(letter.text).toBe('hola');
    expect(calls.map(({ command }) => command)).toEqual(['draft', 'remove_draft', 'keep_draft']);
  });

  it('keeps a note where it could not be put into the thread', async () => {
    deskAnswers({});
    const letter = new Letter('maria');
    letter.noting = true;
    letter.note = 'pidió factura';
    const error = { code: 'internal', message: '', details: null };
    await letter.keepNote(() => Promise.resolve({ ok: false, error }));
    expect([letter.note, letter.noting]).toEqual(['pidió factura', true]);
  });
});

it('a letter goes on after the thread was left in which it was begun', () => {
  const letters = new Letters();
  const { unmount } = render(Asks, {
    ask: () => {
      letters.of('maria');
    },
  });
  const letter = letters.of('maria');
  expect([letter.templates.found.length, letter.empty]).toEqual([0, true]);
  unmount();
  letter.templates.all = [aTemplate()];
  letter.text = 'hola';
  expect([letter.templates.found.length, letter.empty]).toEqual([1, false]);
});
