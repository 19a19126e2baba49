import { describe, expect, it, vi } from 'vitest';
import { deskAnswers, refuse, type Answers } from '../../../tests/desk';
import type { ContactSuggestion } from '../api';
import { People } from './people.svelte';

const twin: ContactSuggestion = {
  contact: 'twin',
  conversation: null,
  name: 'Tomas',
  identities: [],
  why: 'Same number',
};

function peopleOf(answers: Answers) {
  const calls = deskAnswers({ contact_suggestions: () => [twin], ...answers });
  const complain = vi.fn();
  const changed = vi.fn().mockResolvedValue(undefined);
  return { calls, complain, changed, people: new People('tomas', complain, changed) };
}

describe('joining two contacts', () => {
  it('keeps this one, and can be undone', async () => {
    const { calls, people, changed } = peopleOf({});
    await people.join(twin);
    expect(calls.find(({ command }) => command === 'join_contacts')?.args).toEqual({
      keep: 'tomas',
      other: 'twin',
    });
    expect(people.justJoined).toEqual(twin);
    await people.split('twin');
    expect(calls.find(({ command }) => command === 'split_contact')?.args).toEqual({
      contact: 'tomas',
      joined: 'twin',
    });
    expect(people.justJoined).toBeNull();
    expect(changed).toHaveBeenCalledTimes(2);
  });

  it('says that it did not happen', async () => {
    const { people, complain } = peopleOf({ join_contacts: () => refuse({ code: 'conflict' }) });
    await people.join(twin);
    expect(complain).toHaveBeenCalledExactlyOnceWith(
      'join',
      expect.objectContaining({ code: 'conflict' }),
    );
    expect(people.justJoined).toBeNull();
    expect(people.busy).toBe(false);
  });
});
