/** What is done with a charge that is there already, and what the window says of it. */
import type { Charge } from '$lib/api';
import { language } from '$lib/i18n/language.svelte';
import { toasts } from '$lib/shared/toasts.svelte';
import type { Thread } from '$lib/thread/thread.svelte';
import type { Workbench } from '$lib/workbench.svelte';

/** Joins a thread's charges with what the window can do. Each says whether it was done. */
export function chargeDeeds(workbench: Workbench, thread: Thread) {
  return {
    async resend(charge: Charge): Promise<boolean> {
      const result = await thread.resend(charge);
      if (result.ok) toasts.add('good', language.words.chargeResent);
      else workbench.complain(language.words.notResent, result.error);
      return result.ok;
    },

    async cancel(charge: Charge): Promise<boolean> {
      const result = await thread.cancel(charge);
      if (result.ok) toasts.add('plain', language.words.chargeCancelled);
      else workbench.complain(language.words.notCancelled, result.error);
      return result.ok;
    },
  };
}
