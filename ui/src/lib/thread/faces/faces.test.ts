import { render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';
import { deskAnswers } from '../../../../tests/desk';
import { someDeeds } from '../../../../tests/deeds';
import { aFile, aMessage } from '../../../../tests/things';
import type { Content, MediaState, Message, OrderDraft } from '../../api';
import en from '../../i18n/en';
import { language } from '../../i18n/language.svelte';
import { faceOf, hasFile, textBelow } from './faces';
import { fitted } from './fitted';

function show(fields: Partial<Message>, answers: Parameters<typeof someDeeds>[0] = {}) {
  deskAnswers({});
  const message = aMessage({ text: '', ...fields });
  const deeds = someDeeds(answers);
  const Face = faceOf(message);
  if (!Face) throw new Error(`${message.kind} has no face`);
  const { container } = render(Face, { message, deeds });
  return { deeds, message, said: () => container.textContent, container };
}

const holds = (kind: Message['kind'], content: Content) => ({ kind, content });

describe('a file in the thread', () => {
  beforeEach(() => {
    language.choose('en');
  });

  it.each<[MediaState, string]>([
    ['waiting', en.faces.media.waiting],
    ['fetching', en.faces.media.fetching],
    ['onDemand', 'Download 12 MB'],
    ['failed', en.faces.media.failed],
    ['gone', en.faces.media.gone],
  ])('that is %s says so', (state, words) => {
    for (const kind of ['image', 'video', 'voice', 'audio', 'document', 'sticker'] as const) {
      const { said } = show({ kind, media: aFile({ state, hasThumbnail: false }) });
      expect(said()).toContain(words);
    }
  });

  it('is fetched when it is asked for, or again', async () => {
    for (const state of ['onDemand', 'failed'] as const) {
      const { deeds, message, container } = show({ kind: 'image', media: aFile({ state }) });
      const button = container.querySelector('button');
      if (button) await userEvent.click(button);
      expect(deeds.fetch).toHaveBeenCalledExactlyOnceWith(message);
    }
  });

  it('says why it failed', () => {
    const problem = { code: 'sha256', title: 'Damaged on the way', advice: 'Try again.' };
    const { said } = show({ kind: 'image', media: aFile({ state: 'failed', problem }) });
    expect(said()).toContain('Damaged on the way');
  });

  it('opens large when it is a picture', async () => {
    const { deeds, message } = show({ kind: 'image', media: aFile() });
    await userEvent.click(screen.getByTestId('view-media'));
    expect(deeds.view).toHaveBeenCalledExactlyOnceWith(message);
  });

  it('shows a document by name and size, to open and to save', async () => {
    const media = aFile({ mime: 'application/pdf', name: 'Factura.pdf' });
    const { deeds, said } = show({ kind: 'document', media });
    expect(said()).toContain('Factura.pdf');
    expect(said()).toContain('PDF · 12 MB');
    await userEvent.click(screen.getByTestId('open-media'));
    await userEvent.click(screen.getByTestId('save-media'));
    expect(deeds.open).toHaveBeenCalledOnce();
    expect(deeds.save).toHaveBeenCalledOnce();
  });

  it('has its size before it is loaded, so that nothing jumps', () => {
    expect(fitted(1200, 900)).toEqual({ width: 320, height: 240 });
    expect(fitted(100, 80)).toEqual({ width: 100, height: 80 });
    expect(fitted(10, 4000).width).toBe(96);
    expect(fitted(null, null)).toEqual({ width: 240, height: 180 });
  });

  it('can be saved only while it is here', () => {
    expect(hasFile(aMessage({ media: aFile() }))).toBe(true);
    expect(hasFile(aMessage({ media: aFile({ state: 'gone' }) }))).toBe(false);
    expect(hasFile(aMessage({ media: aFile(), revokedAt: '2026-01-01T00:00:00Z' }))).toBe(false);
  });
});

describe('the face of', () => {
  beforeEach(() => {
    language.choose('en');
  });

  it('a place opens the map in the browser, and loads none here', () => {
    const { said, container } = show(
      holds('location', {
        type: 'location',
        latitude: 19.4,
        longitude: -99.1,
        name: 'El Péndulo',
        address: 'Insurgentes 1602',
        url: null,
      }),
    );
    expect(said()).toContain('El Péndulo');
    expect(said()).toContain('Insurgentes 1602 · 19.4, -99.1');
    expect(container.querySelector('img, iframe')).toBeNull();
    expect(screen.getByTestId('open-map')).toBeTruthy();
  });

  it('a contact gives each number to copy', async () => {
    const { deeds, said } = show(
      holds('contacts', {
        type: 'contacts',
        cards: [
          {
            name: 'Pedro Salas',
            organization: 'Fletes',
            phones: [{ phone: '+52 55 1234 5678', waId: null }],
            emails: [],
          },
        ],
      }),
    );
    expect(said()).toContain('Pedro Salas');
    await userEvent.click(screen.getByTestId('copy-phone'));
    expect(deeds.copy).toHaveBeenCalledExactlyOnceWith('+52 55 1234 5678');
  });

  it('a tapped button and a chosen row say what was chosen', () => {
    expect(
      show(holds('button', { type: 'buttonReply', title: 'Mañana', id: '2' })).said(),
    ).toContain('Mañana');
    const { said } = show(
      holds('interactive', { type: 'listReply', title: 'Mediano', description: '$480', id: 'b' }),
    );
    expect(said()).toContain('Mediano');
    expect(said()).toContain('$480');
  });

  it('a filled-in form is a table', () => {
    const { container } = show(
      holds('interactive', {
        type: 'flowReply',
        name: 'Entrega',
        answers: [{ name: 'calle', value: 'Sur 4' }],
      }),
    );
    expect(container.querySelector('dt')?.textContent).toBe('calle');
    expect(container.querySelector('dd')?.textContent).toBe('Sur 4');
    expect(container.querySelector('p')?.textContent).toContain('Entrega');
  });

  it('a form is not called by the word that WhatsApp has for every one', () => {
    const named = (name: string | null) =>
      show(holds('interactive', { type: 'flowReply', name, answers: [] })).said();
    expect(named('flow')).toContain(en.faces.answers);
    expect(named('flow')).not.toContain('flow');
    expect(named('address_message')).toContain(en.faces.forms['address_message']);
  });

  it('a cart is itemised, added up by the core, and charged', async () => {
    const mxn = (minor: number) => ({ minor, currency: 'MXN' });
    const draft: OrderDraft = {
      message: 'm1',
      lines: [
        {
          product: 'PASTEL',
          known: null,
          name: 'PASTEL',
          quantity: 2,
          price: mxn(48_000),
          sum: mxn(96_000),
        },
      ],
      total: mxn(96_000),
      description: '2 × PASTEL',
      problem: null,
    };
    const items = [
      {
        product: 'PASTEL',
        known: null,
        name: 'PASTEL',
        quantity: 2,
        price: '480.00',
        currency: 'MXN',
      },
    ];
    const { deeds, said, message } = show(
      holds('order', { type: 'order', catalogId: null, items }),
      { order: () => Promise.resolve({ ok: true, value: draft }) },
    );
    expect(said()).toContain('PASTEL');
    await screen.findByText(en.faces.total);
    expect(said()).toContain('MX$960.00');
    await userEvent.click(screen.getByTestId('charge-order'));
    expect(deeds.chargeOrder).toHaveBeenCalledExactlyOnceWith(message);
  });

  it('a cart names what the catalog knows, its code after it', async () => {
    const mxn = (minor: number) => ({ minor, currency: 'MXN' });
    const draft: OrderDraft = {
      message: 'm1',
      lines: [
        {
          product: 'gel-1',
          known: 'p1',
          name: 'Gelatina mosaico',
          quantity: 2,
          price: mxn(18_000),
          sum: mxn(36_000),
        },
      ],
      total: mxn(36_000),
      description: '2 × Gelatina mosaico',
      problem: null,
    };
    const { said } = show(holds('order', { type: 'order', catalogId: null, items: [] }), {
      order: () => Promise.resolve({ ok: true, value: draft }),
    });
    await screen.findByText('Gelatina mosaico');
    expect(said()).toMatch(/Gelatina mosaico.*gel-1/s);
  });

  it('a cart that cannot be added up says why', async () => {
    const draft: OrderDraft = {
      message: 'm1',
      lines: [{ product: 'X', known: null, name: 'X', quantity: 1, price: null, sum: null }],
      total: null,
      description: '',
      problem: 'X has no price.',
    };
    show(holds('order', { type: 'order', catalogId: null, items: [] }), {
      order: () => Promise.resolve({ ok: true, value: draft }),
    });
    await screen.findByText('X has no price.');
    expect(screen.queryByText(en.faces.total)).toBeNull();
  });

  it('our buttons, lists and templates show what the customer sees', () => {
    const choice = (title: string) => ({ id: title, title, description: null });
    expect(
      show({
        ...holds('choices', { type: 'buttons', buttons: [choice('Hoy')] }),
        text: '¿Cuándo?',
      }).said(),
    ).toMatch(/¿Cuándo\?.*Hoy/s);
    expect(
      show(
        holds('choices', {
          type: 'list',
          button: 'Tamaños',
          sections: [{ title: 'Redondos', rows: [choice('Chico')] }],
        }),
      ).said(),
    ).toMatch(/Tamaños.*Redondos.*Chico/s);
    expect(
      show({
        ...holds('template', {
          type: 'template',
          name: 'cobro_payment_request',
          language: 'es',
          header: 'Pedido',
          footer: 'Dulce Vida',
          buttons: [{ title: 'Pagar', url: 'https://a.mx/1' }],
        }),
        text: 'Hola',
      }).said(),
    ).toMatch(/Pedido.*Hola.*Dulce Vida.*Pagar.*cobro_payment_request/s);
  });

  it('a call and what WhatsApp keeps to itself say what they are', () => {
    expect(show(holds('call', { type: 'call', event: 'missed' })).said()).toContain(en.faces.call);
    const { said } = show(
      holds('unsupported', {
        type: 'unsupported',
        original: 'poll_creation',
        code: 131051,
        title: null,
        details: null,
      }),
    );
    expect(said()).toContain('Poll');
    expect(said()).toContain(en.faces.onThePhone);
  });

  it('what is not passed on is said once, in people’s words, with WhatsApp’s own among the details', () => {
    for (const [language_, name] of [
      ['es', 'Nota de video'],
      ['pt-BR', 'Recado de vídeo'],
    ] as const) {
      language.choose(language_);
      const { container } = show(
        holds('unsupported', {
          type: 'unsupported',
          original: 'video_note',
          code: 131051,
          title: 'Message type unknown',
          details: 'Message type is currently not supported.',
        }),
      );
      const details = container.querySelector('details');
      expect(details?.textContent).toContain('video_note · 131051 · Message type unknown');
      details?.remove();
      expect(container.textContent).toContain(name);
      expect(container.textContent).not.toMatch(/video_note|unknown/);
      container.remove();
    }
    language.choose('en');
  });

  it('what Cobro does not know yet says so, and keeps its name', () => {
    const { container, said } = show(
      holds('unknown', {
        type: 'unsupported',
        original: 'hologram',
        code: null,
        title: null,
        details: null,
      }),
    );
    expect(said()).toContain(en.kinds.unknown);
    expect(container.querySelector('details')?.textContent).toContain('hologram');
  });

  it('leaves words to the bubble only where it does not say them itself', () => {
    const place = aMessage({
      text: 'Insurgentes',
      ...holds('location', {
        type: 'location',
        latitude: 1,
        longitude: 1,
        name: null,
        address: null,
        url: null,
      }),
    });
    expect(textBelow(place)).toBe('');
    expect(textBelow({ ...place, content: null })).toBe('Insurgentes');
    expect(textBelow(aMessage({ kind: 'image', text: 'Así' }))).toBe('Así');
  });
});
