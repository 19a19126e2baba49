/** What is done when somebody does something with a message. */
import type { Message, Result } from '$lib/api';
import { api } from '$lib/api';
import { language } from '$lib/i18n/language.svelte';
import { copyText } from '$lib/shared/clipboard';
import { toasts } from '$lib/shared/toasts.svelte';
import type { MessageDeeds } from '$lib/thread/deeds';
import type { Thread } from '$lib/thread/thread.svelte';
import type { Workbench } from '$lib/workbench.svelte';

/** Joins a thread's messages with what the window can do; `view` shows a picture large. */
export function messageDeeds(
  workbench: Workbench,
  thread: Thread,
  view: (message: Message) => void,
): MessageDeeds {
  /** Waits, and says what did not happen. */
  async function tried<T>(asked: Promise<Result<T>>, title: () => string): Promise<T | null> {
    const result = await asked;
    if (result.ok) return result.value;
    workbench.complain(title(), result.error);
    return null;
  }

  const words = () => language.words;

  return {
    sendAgain: (message) => void tried(thread.sendAgain(message), () => words().notSent),
    sendNow: (message) => void tried(thread.sendNow(message), () => words().notSent),
    discard: (message) => void tried(thread.discard(message), () => words().act.notDiscarded),
    react: (message, emoji) =>
      void tried(thread.react(message, emoji), () => words().act.notReacted),
    fetch: (message) => void tried(thread.fetchMedia(message), () => words().act.notFetched),
    open: (message) => void tried(api.openMedia(message.id), () => words().act.notOpened),
    save: (message) => void save(message),
    reply: (message) => workbench.replyTo(message),
    forward: (message) => {
      workbench.forwarding = message;
      workbench.picker = 'forward';
    },
    removeNote: (message) => void tried(thread.removeNote(message), () => words().work.notRemoved),
    copy: (text) => void copy(text),
    view,
    jumpTo: (message) => void jump(message),
    chargeOrder: (message) => void chargeOrder(message),
    order: (message) => thread.order(message),
    versions: (message) => thread.versions(message),
  };

  async function save(message: Message) {
    const path = await tried(api.saveMedia(message.id), () => words().act.notSaved);
    if (path !== null) toasts.add('good', words().faces.savedAt(path));
  }

  async function copy(text: string) {
    const { copied, notCopied } = words().faces;
    if (await copyText(text)) toasts.add('plain', copied);
    else toasts.add('bad', notCopied);
  }

  async function jump(message: string) {
    if (!(await thread.jumpTo(message))) toasts.add('plain', words().act.notHere);
  }

  async function chargeOrder(message: Message) {
    const draft = await tried(thread.order(message), () => words().charge.failed);
    if (!draft) return;
    if (draft.total) await workbench.chargeOrder(draft);
    else toasts.add('bad', words().charge.failed, draft.problem ?? undefined);
  }
}
