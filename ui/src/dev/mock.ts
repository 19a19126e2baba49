/**
 * The window over a desk that only plays, for looking at it in a browser. Not part of the build.
 *
 * `dev.html?many`, `?empty`, `?failed`, `?starting`, `?trouble`, `?lines`, `?mode=test|unset|live`,
 * `?lang=es|pt-BR|en`, `?theme=light|dark`, `?products=1000`, `?payments=1000`, `?long=50000` (messages in the long talk),
 * `?suggest=charge` and `?model` (the assistant), `?flood` (events as in an import), `?offboarded`, `?import`,
 * `?blank` (nothing connected yet), `?refuse=payments,customers` (commands that fail), `?stall=payments` (commands that
 * never answer); what is then clicked and typed says staging.ts. `window.desk.hears(id, text)` lets a customer write.
 */
import { emit } from '@tauri-apps/api/event';
import { mockIPC, mockWindows } from '@tauri-apps/api/mocks';
import type { Appearance, Mode, Status } from '../lib/api';
import { playedCrowd, playedMorning } from './people';
import { PlayedDesk } from './playedDesk';
import { playedFile } from './playedFiles';
import { playedCatalog } from './playedShop';
import { staged } from './staging';

const wish = new URLSearchParams(location.search);
window.cobroAppearance = {
  theme: (wish.get('theme') ?? 'system') as Appearance['theme'],
  language: (wish.get('lang') ?? 'en').slice(0, 2) as Appearance['language'],
};

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
  mode: (wish.get('mode') ?? (wish.has('blank') ? 'unset' : 'sandbox')) as Mode,
  stream: wish.has('trouble') || wish.has('blank') ? 'connecting' : 'connected',
  lines: wish.has('blank')
    ? []
    : wish.has('lines')
      ? [line, { ...line, id: 'line-2', name: 'Sucursal Sur' }]
      : [line],
  unread: 0,
  outboxDepth: wish.has('empty') || wish.has('blank') ? 0 : 1,
  defaultCurrency: 'MXN',
  defaultExpiryHours: 48,
  holdSeconds: 3,
  stripeReads: { used: 412, allowance: 10_000 },
  relayUrl: 'http://127.0.0.1:7100',
  profile: '/home/laura/.local/share/cobro',
  problems: wish.has('trouble') ? troubles() : [],
};

const REFUSAL = {
  code: 'offline',
  message: 'There is no connection to the internet.',
  details: 'error sending request: connection refused (os error 111)',
};

/** Returns whether the address names a command under `key`, or all of them but `status`. */
function isNamed(key: string, command: string): boolean {
  const names = wish.get(key)?.split(',') ?? [];
  return names.includes(command) || (names.includes('all') && command !== 'status');
}

function startup(): Status['startup'] {
  if (wish.has('starting')) return { state: 'starting' };
  if (!wish.has('failed')) return { state: 'ready' };
  return {
    state: 'failed',
    error: {
      code: 'profileInUse',
      message:
        'This profile is in use by another desk (process 4711). Close that one, or start this one with another --profile',
      details: null,
    },
  };
}

function troubles(): Status['problems'] {
  const since = new Date(Date.now() - 3_000_000).toISOString();
  return [
    {
      id: '1',
      code: '190',
      title: 'WhatsApp refused the access token',
      advice: 'Make a new system-user token in Meta Business settings and put it into cobro.toml.',
      since,
      count: 12,
    },
    {
      id: '2',
      code: 'notifications',
      title: 'Notifications can’t be shown',
      advice:
        'This desktop has no notification service. Start one, such as dunst, and test again. Payments and messages still appear in this window',
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
if (wish.has('blank')) desk.products = [];
if (wish.has('products')) desk.products = playedCatalog(Number(wish.get('products')));
Object.assign(window, { desk, people: people.map(({ row }) => row.id) });

mockWindows('main');
mockIPC(
  (command, args) => {
    if (command.startsWith('plugin:')) return null;
    return new Promise((resolve, reject) => {
      if (isNamed('stall', command)) return;
      if (isNamed('refuse', command)) {
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
        reject(REFUSAL);
        return;
      }
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

await staged(
  wish,
  people.map(({ row }) => row.id),
);
