/** Short messages at the window's edge: what happened, and what can be done about it. */

export interface Toast {
  id: number;
  tone: 'plain' | 'good' | 'bad';
  title: string;
  text?: string;
}

const SHOWN_FOR = { plain: 4_000, good: 5_000, bad: 12_000 };

export class Toasts {
  shown = $state.raw<Toast[]>([]);
  #next = 0;

  add(tone: Toast['tone'], title: string, text?: string) {
    const toast: Toast = { id: this.#next++, tone, title, ...(text ? { text } : {}) };
    this.shown = [...this.shown.slice(-2), toast];
    setTimeout(() => this.dismiss(toast.id), SHOWN_FOR[tone]);
  }

  dismiss(id: number) {
    this.shown = this.shown.filter((toast) => toast.id !== id);
  }
}

/** One for the whole window. */
export const toasts = new Toasts();
