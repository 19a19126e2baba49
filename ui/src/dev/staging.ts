/**
 * What is clicked and typed once the window stands, one after the other, as a person would.
 *
 * `?open=3` (the fourth conversation), `?view=customers` (or a section of the settings), `?search=pastel`,
 * `?press=c` (several: `?press=c,Tab`), `?amount=1250`, `?type=texto` (into what has the focus),
 * `?click=part-reconcile,whose`, `?menu=conversation-row` (a right click), `?wait=3000` (milliseconds, at last),
 * `?top` (the open conversation from its beginning), `?up=800` (so many pixels before its end),
 * `?patience=300` (for what is never there). The page then says `data-staged` on its root.
 */
import { emit } from '@tauri-apps/api/event';

const PLACES = ['inbox', 'customers', 'catalog', 'payments', 'assistant', 'reports'];
const PATIENCE = 3000;
let patience = PATIENCE;

export async function staged(wish: URLSearchParams, people: string[]) {
  patience = Number(wish.get('patience') ?? PATIENCE);
  await document.fonts.ready;
  const conversation = people[Number(wish.get('open') ?? -1)];
  if (conversation) {
    await found('[data-testid="conversation-row"]');
    await emit('core-events', [{ type: 'openConversation', conversation }]);
    await found(`[data-testid="thread"]`);
  }
  await view(wish.get('view'));
  await typed('search-input', wish.get('search'));
  for (const key of wish.get('press')?.split(',') ?? []) await press(key);
  await typed('charge-amount', wish.get('amount'));
  const text = wish.get('type');
  if (text !== null) into(document.activeElement, text);
  for (const name of wish.get('click')?.split(',') ?? []) await click(name);
  await rightClick(wish.get('menu'));
  if (wish.has('top') || wish.has('up')) await scrollUp(Number(wish.get('up') ?? Infinity));
  await pause(Number(wish.get('wait') ?? 150));
  document.documentElement.dataset['staged'] = 'done';
}

async function view(name: string | null) {
  if (name === null) return;
  if (PLACES.includes(name)) await click(`go-${name}`);
  else {
    await click('go-settings');
    await click(`section-${name}`);
  }
  if (name === 'customers') await click('customer-row');
}

/** Scrolls the conversation up, a window at a time: what comes into sight is measured on the way. */
async function scrollUp(by: number) {
  let pane = (await found('[data-testid="message"]'))?.parentElement;
  while (pane && !/auto|scroll/.test(getComputedStyle(pane).overflowY)) pane = pane.parentElement;
  if (!pane) return;
  for (let left = by; left > 0 && pane.scrollTop > 0; left -= 600) {
    pane.scrollBy(0, -Math.min(left, 600));
    await pause(60);
  }
}

async function click(testid: string) {
  const element = await found(`[data-testid="${testid}"]`);
  (element?.querySelector<HTMLElement>(':scope > summary') ?? element)?.click();
  await rest();
}

async function rightClick(testid: string | null) {
  if (testid === null) return;
  const element = await found(`[data-testid="${testid}"]`);
  const { left, top } = element?.getBoundingClientRect() ?? new DOMRect();
  const at = { clientX: left + 90, clientY: top + 30, button: 2 };
  element?.dispatchEvent(new MouseEvent('contextmenu', { ...at, bubbles: true, cancelable: true }));
  await rest();
}

/** `Ctrl+k` holds Control. */
async function press(name: string) {
  const key = name.replace('Ctrl+', '');
  const target = document.activeElement ?? document.body;
  target.dispatchEvent(
    new KeyboardEvent('keydown', { key, ctrlKey: key !== name, bubbles: true, cancelable: true }),
  );
  await rest();
}

async function typed(testid: string, text: string | null) {
  if (text === null) return;
  into(await found(`[data-testid="${testid}"]`), text);
  await rest();
}

function into(field: Element | null, text: string) {
  if (!(field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement)) return;
  field.value = text;
  field.dispatchEvent(new Event('input', { bubbles: true }));
}

async function found(selector: string): Promise<HTMLElement | null> {
  for (const until = Date.now() + patience; Date.now() < until;) {
    const element = document.querySelector<HTMLElement>(selector);
    if (element) return element;
    await pause(20);
  }
  console.warn(`Not found on the stage: ${selector}`);
  return null;
}

/** The played desk answers within some milliseconds; what is typed is looked for after a moment more. */
const rest = () => pause(150);

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
