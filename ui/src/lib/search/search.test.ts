import { describe, expect, it } from 'vitest';
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

  it('goes on by cursor and forgets everything when the words are gone', async () => {
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
    expect([search.found, search.state]).toEqual([[], 'idle']);
  });
});
