/** What the keys do to the workbench. */
import { actionFromKey, placeFromKey, takesText, type KeyAction } from '$lib/shared/keys';
import type { Workbench } from '$lib/workbench.svelte';

/** Handles a key pressed anywhere in the window. */
export function handleKey(event: KeyboardEvent, workbench: Workbench) {
  if (event.defaultPrevented) return;
  const focused = document.activeElement;
  const action = actionFromKey(event, takesText(focused));
  if (action === null || !isAllowed(action, workbench, focused)) return;
  if (run(action, workbench, focused)) event.preventDefault();
}

/** A dialog keeps the keys to itself; Enter belongs to the button that has the focus. */
function isAllowed(action: KeyAction, workbench: Workbench, focused: Element | null): boolean {
  if (workbench.picker) return false;
  if (workbench.paletteOpen || workbench.keysOpen) return action === 'palette';
  if (action === 'open' && focused?.matches('button, a, summary, input')) return false;
  return workbench.view === 'inbox' || EVERYWHERE.has(action);
}

/** What has a meaning outside the inbox too. */
const EVERYWHERE = new Set<KeyAction>(['palette', 'search', 'keys', 'back', 'undo']);

/** Returns whether there was something to do. */
function run(action: KeyAction, workbench: Workbench, focused: Element | null): boolean {
  switch (action) {
    case 'next':
    case 'previous':
      // The row that was clicked is behind: its ring would say otherwise.
      if (focused instanceof HTMLElement && focused.matches('[data-testid="conversation-row"]'))
        focused.blur();
      workbench.step(action === 'next' ? 1 : -1);
      return true;
    case 'open':
    case 'reply':
      workbench.startReply();
      return true;
    case 'charge':
      workbench.startCharge();
      return true;
    case 'sendCharge':
      if (workbench.charging) void workbench.composer?.submit();
      return workbench.charging;
    case 'acceptSuggestion':
      return workbench.acceptSuggestion();
    case 'editSuggestion':
      return workbench.editSuggestion();
    case 'palette':
      workbench.keysOpen = false;
      workbench.paletteOpen = !workbench.paletteOpen;
      return true;
    case 'search':
      workbench.startSearch();
      return true;
    case 'keys':
      workbench.keysOpen = true;
      return true;
    case 'undo':
      return workbench.undo();
    case 'resolve':
    case 'resolveNext':
      void workbench.resolve({ thenNext: action === 'resolveNext' });
      return true;
    case 'snooze':
    case 'label':
    case 'assign':
      workbench.ask(action);
      return true;
    case 'note':
      workbench.startNote();
      return true;
    case 'choose':
      if (workbench.inbox.selectedId) workbench.inbox.choose(workbench.inbox.selectedId);
      return true;
    case 'findIn':
      if (!workbench.thread) return false;
      workbench.thread.finding = true;
      return true;
    case 'back':
      return goBack(workbench, focused);
  }
}

function goBack(workbench: Workbench, focused: Element | null): boolean {
  if (workbench.back()) return true;
  if (takesText(focused) && focused instanceof HTMLElement) focused.blur();
  else if (workbench.view !== 'inbox') workbench.go('inbox');
  else if (isNarrow()) workbench.leaveThread();
  return true;
}

/** Where list and thread take turns, Escape goes back to the list. */
function isNarrow(): boolean {
  return matchMedia('(max-width: 859.98px)').matches;
}

/** How long after G its letter is waited for. */
const PATIENCE = 1500;

/** G and a letter go to a place, from every view and before the view's own letters. */
export class PlaceKeys {
  #begunAt: number | null = null;

  constructor(readonly workbench: Workbench) {}

  hear(event: KeyboardEvent) {
    const begun = this.#begunAt !== null && event.timeStamp - this.#begunAt < PATIENCE;
    this.#begunAt = null;
    if (!this.#counts(event)) return;
    if (!begun) {
      if (event.key.toLowerCase() === 'g') this.#begunAt = event.timeStamp;
      return;
    }
    const place = placeFromKey(event.key);
    if (place === null) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const { workbench } = this;
    if (place === 'settings') workbench.goSettings();
    else workbench.go(place);
  }

  /** Letters of a text, of a dialog, or with other keys lead nowhere. */
  #counts(event: KeyboardEvent): boolean {
    const { paletteOpen, keysOpen, picker } = this.workbench;
    const held = event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.repeat;
    if (paletteOpen || keysOpen || picker || held || event.isComposing) return false;
    return !takesText(document.activeElement);
  }
}
