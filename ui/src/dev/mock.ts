/**
 * The window over a desk that only plays, for looking at it in a browser. Not part of the build.
 *
 * `dev.html?many`, `?empty`, `?failed`, `?starting`, `?trouble`, `?lines`, `?mode=test|unset|live`,
 * `?lang=es|pt-BR|en`, `?theme=light|dark`, `?open=3` (the fourth conversation),
 * `?view=customers` (or a section of the settings), `?click=part-reconcile,whose` (one after the other), `?search=pastel`, `?press=h`, `?press=c&amount=1250`, `?products=1000`,
 * `?long=50000` (messages in the long talk), `?suggest=charge` and `?model` (the assistant), `?flood` (events as in an import), `?offboarded`, `?import`, `?blank` (nothing connected yet); `window.desk.hears(id, text)` lets a customer write.
 */
import { emit } from '@tauri-apps/api/event';
import { mockIPC, mockWindows } from '@tauri-apps/api/mocks';
import type { Mode, Status } from '../lib/api';
import { playedCrowd, playedMorning } from './people';
import { PlayedDesk } from './playedDesk';
import { playedFile } from './playedFiles';
import { playedCatalog } from './playedShop';

const wish = new URLSearchParams(location.search);
localStorage.setItem('cobro.theme', wish.get('theme') ?? 'system');
localStorage.setItem('cobro.language', wish.get('lang') ?? 'en');

const line = {
  id: 'line-1',
  name: 'Tienda Dulce Vida',
  phoneNumberId: '1001',
  displayPhone: '+52 55',
  known: true,
  wabaId: null,
  verifiedName: null,
  quality: null,
  coexists: false,
  offboardedAt: wish.has('offboarded') ? new Date().toISOString() : null,
};
const status: Status = {
  startup: startup(),
  mode: (wish.get('mode') ?? 'sandbox') as Mode,
  stream: wish.has('trouble') ? 'connecting' : 'connected',
  lines: wish.has('lines') ? [line, { ...line, id: 'line-2', name: 'Sucursal Sur' }] : [line],
  unread: 0,
  outboxDepth: 1,
  defaultCurrency: 'MXN',
  defaultExpiryHours: 48,
  holdSeconds: 3,
  stripeReads: { used: 412, allowance: 10_000 },
  relayUrl: 'http://127.0.0.1:7100',
  profile: '/home/laura/.local/share/cobro',
  problems: wish.has('trouble') ? troubles() : [],
};

function startup(): Status['startup'] {
  if (wish.has('starting')) return { state: 'starting' };
  if (!wish.has('failed')) return { state: 'ready' };
  return {
    state: 'failed',
    error: {
      code: 'profileInUse',
      message:
        'This profile is open in another Cobro. Close that one, or start this one with another --profile.',
      details: 'lock held on cobro.lock (os error 11)',
    },
  };
}

function troubles(): Status['problems'] {
  const since = new Date(Date.now() - 3_000_000).toISOString();
  return [
    {
      id: '1',
      code: 'whatsappToken',
      title: 'WhatsApp refused the access token',
      advice: 'Make a new system-user token in Meta Business settings and put it into cobro.toml.',
      since,
      count: 12,
    },
    {
      id: '2',
      code: 'notificationsFailed',
      title: 'Notifications cannot be shown',
      advice: 'No notification service answers on this session’s bus. Start one, then test again.',
      since,
      count: 1,
    },
  ];
}

const people = wish.has('empty') ? [] : playedMorning(Number(wish.get('long') ?? 400));
const crowd = wish.has('many') ? playedCrowd(1000) : [];
const desk = new PlayedDesk(
  [...people, ...crowd],
  status,
  (event) => void emit('core-events', [event]),
);
if (wish.has('products')) desk.products = playedCatalog(Number(wish.get('products')));
Object.assign(window, { desk, people: people.map(({ row }) => row.id) });

mockWindows('main');
mockIPC(
  (command, args) => {
    if (command.startsWith('plugin:')) return null;
    return new Promise((resolve, reject) => {
      setTimeout(() => {
        try {
          resolve(structuredClone(desk.answer(command, args as Record<string, unknown>)));
        } catch (error) {
          // The shell rejects with a CommandError, which is no Error.
          // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
          reject(error);
        }
      }, 8);
    });
  },
  { shouldMockEvents: true },
);

// A browser knows no `media:` addresses: every file is drawn or hummed here.
Object.assign((window as unknown as { __TAURI_INTERNALS__: object }).__TAURI_INTERNALS__, {
  convertFileSrc: (path: string) => playedFile(path, (id) => desk.kindOf(id)),
});

await import('../main');

if (wish.has('flood'))
  setInterval(() => {
    const { row } = people[Math.floor(Math.random() * people.length)] ?? {};
    if (row) void emit('core-events', [{ type: 'conversationChanged', conversation: row.id }]);
    if (Math.random() < 0.1) void emit('core-events', [{ type: 'resync' }]);
  }, 20);

/** `?view=customers`, `?view=data`, …: clicked like a person would. */
const view = wish.get('view');
if (view !== null)
  setTimeout(() => {
    const places = ['customers', 'catalog', 'payments', 'assistant', 'reports'];
    if (places.includes(view)) clickOn(`go-${view}`);
    else {
      clickOn('go-settings');
      setTimeout(() => clickOn(`section-${view}`), 100);
    }
    if (view === 'customers') setTimeout(() => clickOn('customer-row'), 300);
  }, 300);

function clickOn(testid: string) {
  document.querySelector<HTMLElement>(`[data-testid="${testid}"]`)?.click();
}

/** `?search=pastel`, `?press=n`: typed like a person would. */
const searched = wish.get('search');
if (searched !== null)
  setTimeout(() => {
    const field = document.querySelector<HTMLInputElement>('[data-testid="search-input"]');
    if (!field) return;
    field.value = searched;
    field.dispatchEvent(new Event('input', { bubbles: true }));
  }, 500);
const pressed = wish.get('press');
if (pressed !== null)
  setTimeout(
    () =>
      document.body.dispatchEvent(new KeyboardEvent('keydown', { key: pressed, bubbles: true })),
    900,
  );

const wished = Number(wish.get('open') ?? -1);
if (people[wished])
  setTimeout(
    () =>
      void emit('core-events', [
        { type: 'openConversation', conversation: people[wished]?.row.id },
      ]),
    200,
  );

/** `?press=c&amount=1250`: an amount typed into the charge. */
const amount = wish.get('amount');
if (amount !== null)
  setTimeout(() => {
    const field = document.querySelector<HTMLInputElement>('[data-testid="charge-amount"]');
    if (!field) return;
    field.value = amount;
    field.dispatchEvent(new Event('input', { bubbles: true }));
  }, 1100);

/** Clicks what the address names, one after the other. */
const presses = [...(wish.get('click')?.split(',') ?? [])];
presses.forEach((name, at) =>
  setTimeout(
    () => {
      const found = document.querySelector<HTMLElement>(`[data-testid="${name}"]`);
      (found?.querySelector<HTMLElement>(':scope > summary') ?? found)?.click();
    },
    700 + at * 500,
  ),
);
