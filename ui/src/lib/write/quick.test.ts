import { describe, expect, it } from 'vitest';
import type { QuickReply } from '../api';
import { filledReply, fittingReplies, slashQuery } from './quick';

const reply = (shortcut: string, text = ''): QuickReply => ({
  id: shortcut,
  shortcut,
  text,
  files: [],
});

describe('quick replies', () => {
  it('are asked for by a slash at the beginning, and nowhere else', () => {
    expect(slashQuery('/env')).toBe('env');
    expect(slashQuery('/')).toBe('');
    expect(slashQuery('hola /env')).toBeNull();
    expect(slashQuery('/env y más')).toBeNull();
  });

  it('are found by shortcut first, then by their words, without accents', () => {
    const all = [reply('horario', 'abrimos'), reply('envio', 'llega mañana'), reply('mana')];
    const names = (query: string) => fittingReplies(all, query).map(({ shortcut }) => shortcut);
    expect(names('mana')).toEqual(['mana', 'envio']);
    expect(names('')).toEqual(['horario', 'envio', 'mana']);
  });

  it('fill in what the conversation knows, and name what it does not', () => {
    const filled = filledReply('Hola {name}: {amount} en {link} {x}', {
      name: 'Ana',
      amount: '$5',
      link: null,
    });
    expect(filled).toEqual({ text: 'Hola Ana: $5 en {link} {x}', missing: ['link'] });
  });
});
