/** Short messages at the window's edge: what happened, and what can be done about it. */

export interface Toast {
  id: number;
  tone: 'plain' | 'good' | 'bad';
  title: string;
  text?: string;
  /** What can be done about it, such as taking it back. */
  action?: ToastAction;
}

export interface ToastAction {
  label: string;
  run: () => void;
}

const SHOWN_FOR = { plain: 4_000, good: 5_000, bad: 12_000 };
/** What can be taken back stays long enough to think about it. */
const WITH_ACTION = 10_000;

export class Toasts {
  shown = $state.raw<Toast[]>([]);
  #next = 0;

  /** Shows a toast. Returns its id. */
  add(tone: Toast['tone'], title: string, text?: string, action?: ToastAction): number {
    const toast: Toast = {
      id: this.#next++,
      tone,
      title,
      ...(text ? { text } : {}),
      ...(action ? { action } : {}),
    };
    this.shown = [...this.shown.slice(-2), toast];
    setTimeout(() => this.dismiss(toast.id), action ? WITH_ACTION : SHOWN_FOR[tone]);
    return toast.id;
  }

  isShown(id: number): boolean {
    return this.shown.some((toast) => toast.id === id);
  }

  dismiss(id: number) {
    this.shown = this.shown.filter((toast) => toast.id !== id);
  }
}

/** One for the whole window. */
export const toasts = new Toasts();
