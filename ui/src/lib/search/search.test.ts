import { describe, expect, it, vi } from 'vitest';
import { deskAnswers, later } from '../../../tests/desk';
import { aHit, aRow } from '../../../tests/things';
import type { SearchPage } from '../api';
import { Search } from './search.svelte';

const page = (fields: Partial<SearchPage> = {}): SearchPage => ({
  people: [],
  hits: [],
  next: null,
  isBuilding: false,
  unclear: null,
  ...fields,
});

describe('search', () => {
  it('asks one thing at a time, and shows the answer to the newest words', async () => {
    const first = later<SearchPage>();
    const asked: string[] = [];
    deskAnswers({
      search_history: ({ query }) => {
        asked.push(String(query));
        return query === 'p' ? first.promise : page({ hits: [aHit({ message: String(query) })] });
      },
    });
    const search = new Search();
    const typing = search.type('p');
    void search.type('pa');
    void search.type('pas');
    first.keep(page({ hits: [aHit({ message: 'old' })] }));
    await typing;

    expect(asked).toEqual(['p', 'pas']);
    expect(search.hits.map(({ message }) => message)).toEqual(['pas']);
  });

  it('puts customers before messages, and steps through both', async () => {
    deskAnswers({ search_history: () => page({ people: [aRow()], hits: [aHit()] }) });
    const search = new Search();
    await search.type('maria');
    expect(search.found.map(({ kind }) => kind)).toEqual(['person', 'hit']);
    search.step(1);
    search.step(1);
    expect(search.at).toBe(1);
    search.step(-1);
    expect(search.at).toBe(0);
  });

  it('goes on by cursor and hides everything when the words are gone', async () => {
    deskAnswers({
      search_history: ({ after }) =>
        after === null
          ? page({ hits: [aHit({ message: 'a' })], next: '7' })
          : page({ hits: [aHit({ message: 'a' }), aHit({ message: 'b' })] }),
    });
    const search = new Search();
    await search.type('pastel');
    await search.loadMore();
    expect(search.hits.map(({ message }) => message)).toEqual(['a', 'b']);
    await search.type('');
    expect([search.shown, search.current, search.state]).toEqual([false, null, 'idle']);
  });

  it('opens nothing of an earlier search before the first answer', async () => {
    const first = later<SearchPage>();
    deskAnswers({
      search_history: ({ query }) =>
        query === 'ana' ? page({ hits: [aHit({ message: 'ana' })] }) : first.promise,
    });
    const search = new Search();
    await search.type('ana');
    await search.type('');
    const typing = search.type('b');
    expect(search.current).toBeNull();
    first.keep(page({ hits: [aHit({ message: 'bruno' })] }));
    await typing;
    expect(search.current).toMatchObject({ hit: { message: 'bruno' } });
  });

  it('stays on what the keyboard is on when something new is found above it', async () => {
    let hits = [aHit({ message: 'a' }), aHit({ message: 'b' })];
    deskAnswers({ search_history: () => page({ hits }) });
    const search = new Search();
    await search.type('pan');
    search.step(1);
    hits = [aHit({ message: 'new' }), ...hits];
    await search.refresh();
    expect(search.current).toMatchObject({ hit: { message: 'b' } });
  });

  it('begins at the top with each letter, wherever the one before stands now', async () => {
    deskAnswers({
      search_history: ({ query }) =>
        page({
          hits:
            query === 'p'
              ? [aHit({ message: 'a' })]
              : ['b', 'a'].map((message) => aHit({ message })),
        }),
    });
    const search = new Search();
    await search.type('p');
    await search.type('pa');
    expect(search.current).toMatchObject({ hit: { message: 'b' } });
  });

  it('shows that it waits where the first answer takes long', async () => {
    vi.useFakeTimers();
    const first = later<SearchPage>();
    deskAnswers({
      search_history: ({ query }) => (query === 'ana' ? page({ hits: [aHit()] }) : first.promise),
    });
    const search = new Search();
    await search.type('ana');
    await search.type('');
    const typing = search.type('b');
    expect(search.shown).toBe(false);
    vi.advanceTimersByTime(200);
    expect([search.shown, search.current, search.found]).toEqual([true, null, []]);
    vi.useRealTimers();
    first.keep(page());
    await typing;
    expect([search.shown, search.state]).toEqual([true, 'ready']);
  });
});
