/** What a key means, wherever in the window it is pressed. */

export type KeyAction =
  | 'next'
  | 'previous'
  | 'open'
  | 'reply'
  | 'charge'
  | 'sendCharge'
  | 'acceptSuggestion'
  | 'editSuggestion'
  | 'back'
  | 'palette'
  | 'search'
  | 'keys'
  | 'undo'
  | 'resolve'
  | 'resolveNext'
  | 'snooze'
  | 'label'
  | 'assign'
  | 'note'
  | 'choose'
  | 'findIn';

export interface KeyPress {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
  isComposing: boolean;
  repeat: boolean;
}

const LETTERS: Record<string, KeyAction> = {
  j: 'next',
  k: 'previous',
  r: 'reply',
  c: 'charge',
  z: 'undo',
  e: 'resolve',
  h: 'snooze',
  l: 'label',
  a: 'assign',
  n: 'note',
  x: 'choose',
};

const SIGNS: Record<string, KeyAction> = { '/': 'search', '?': 'keys' };

/**
 * Returns what the key asks for, or null.
 *
 * Single letters count only while nobody types, and never with Alt: Alt writes letters on many
 * keyboards. Signs come with Shift or AltGr on some keyboards, so Shift does not matter for them.
 */
export function actionFromKey(press: KeyPress, typing: boolean): KeyAction | null {
  if (press.isComposing) return null;
  if (press.key === 'Escape') return 'back';
  if (press.ctrlKey || press.metaKey) return actionWithCommand(press);
  // Alt with Enter writes nothing anywhere.
  if (press.altKey && press.key === 'Enter' && !press.repeat) return 'editSuggestion';
  if (typing || press.altKey) return null;
  if (press.key === 'Enter') return press.repeat ? null : 'open';
  const sign = SIGNS[press.key];
  if (sign) return sign;
  if (press.shiftKey)
    return press.key.toLowerCase() === 'e' && !press.repeat ? 'resolveNext' : null;
  const action = LETTERS[press.key.toLowerCase()] ?? null;
  return press.repeat && action !== 'next' && action !== 'previous' ? null : action;
}

function actionWithCommand(press: KeyPress): KeyAction | null {
  if (press.altKey) return null;
  if (press.key.toLowerCase() === 'k' && !press.shiftKey) return 'palette';
  if (press.key.toLowerCase() === 'f' && !press.shiftKey) return 'findIn';
  if (press.key !== 'Enter') return null;
  return press.shiftKey ? 'sendCharge' : press.repeat ? null : 'acceptSuggestion';
}

/** What the letter after G goes to. */
export const PLACE_KEYS = {
  i: 'inbox',
  p: 'payments',
  c: 'customers',
  k: 'catalog',
  a: 'assistant',
  r: 'reports',
  s: 'settings',
} as const;
export type Place = (typeof PLACE_KEYS)[keyof typeof PLACE_KEYS];

/** Returns where a letter after G goes to, or null. */
export function placeFromKey(key: string): Place | null {
  const letter = key.toLowerCase();
  return letter in PLACE_KEYS ? PLACE_KEYS[letter as keyof typeof PLACE_KEYS] : null;
}

/** Returns whether letters typed at the element are text. */
export function takesText(element: Element | null): boolean {
  if (element instanceof HTMLTextAreaElement || element instanceof HTMLSelectElement) return true;
  if (element instanceof HTMLInputElement) return !NOT_TEXT.has(element.type);
  return element instanceof HTMLElement && element.isContentEditable;
}

const NOT_TEXT = new Set(['checkbox', 'radio', 'button', 'submit', 'range', 'color', 'file']);

/** Returns how this system's keyboards call Shift. */
export function shiftKey(platform: string = navigator.userAgent): string {
  return /mac/i.test(platform) ? '⇧' : 'Shift';
}

/** Returns how this system's people call the command key. */
export function commandKey(platform: string = navigator.userAgent): string {
  return /mac/i.test(platform) ? '⌘' : 'Ctrl ';
}
