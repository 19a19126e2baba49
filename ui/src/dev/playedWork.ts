/** The shop's own work as the played desk does it: labels, people, prepared answers, search. */
import type {
  Charge,
  ConversationRow,
  CustomerView,
  Label,
  Member,
  Message,
  NewQuickReply,
  NotifyRules,
  QuickReply,
  SearchHit,
  SearchPage,
} from '../lib/api';
import { plain } from '../lib/palette/entries';
import { sumsOf, type Played } from './people';
import { moneyOf } from './playedStory';

type Args = Record<string, unknown>;

export class PlayedWork {
  #labels: Label[] = [
    { id: 'l1', name: 'VIP', color: 'violet' },
    { id: 'l2', name: 'Mayoreo', color: 'blue' },
  ];
  #members: Member[] = [
    { id: 'me', name: 'Laura', isMe: true },
    { id: 'luis', name: 'Luis', isMe: false },
  ];
  #replies: QuickReply[] = [
    {
      id: 'q1',
      shortcut: 'envio',
      text: 'Hola {name}, el envío cuesta $60 y llega mañana entre 10 y 14 h.',
      files: [],
    },
    {
      id: 'q2',
      shortcut: 'pago',
      text: 'Puedes pagar {amount} aquí: {link}',
      files: [{ id: 'f1', name: 'como-pagar.pdf', mime: 'application/pdf', size: 84_000 }],
    },
  ];
  readonly #drafts = new Map<string, string>();
  #rules: NotifyRules = {
    messages: true,
    payments: true,
    failures: true,
    woke: true,
    quietFrom: '22:00',
    quietTo: '08:00',
    hideContent: false,
    sound: true,
  };

  constructor(
    private readonly people: Map<string, Played>,
    private readonly changed: (id: string) => void,
    private readonly tools: () => void,
  ) {
    const rows = [...people.values()].map(({ row }) => row);
    if (rows[0]) rows[0].labels = ['l1'];
    if (rows[2]) rows[2].labels = ['l2', 'l1'];
    if (rows[1]) rows[1].assignee = 'luis';
  }

  /** Answers a command, or returns undefined where it is none of these. */
  answer(command: string, args: Args): unknown {
    switch (command) {
      case 'labels':
        return this.#labels;
      case 'members':
        return this.#members;
      case 'quick_replies':
        return this.#replies;
      case 'save_label':
        return this.#saveLabel(args['label'] as Label);
      case 'remove_label':
        this.#labels = this.#labels.filter(({ id }) => id !== args['label']);
        return this.#told();
      case 'save_member':
        return this.#saveMember(String(args['member']), String(args['name']));
      case 'remove_member':
        this.#members = this.#members.filter(({ id }) => id !== args['member']);
        return this.#told();
      case 'save_quick_reply':
        return this.#saveReply(args['reply'] as NewQuickReply);
      case 'remove_quick_reply':
        this.#replies = this.#replies.filter(({ id }) => id !== args['reply']);
        return this.#told();
      case 'stage_quick_reply':
        return [];
      case 'resolve':
        return this.#each(args, (row) => {
          row.resolved = true;
          row.doneAt = new Date().toISOString();
          row.snoozedUntil = null;
        });
      case 'reopen':
        return this.#each(args, (row) => {
          row.resolved = false;
          row.doneAt = args['doneAt'] as string | null;
        });
      case 'snooze':
        return this.#each(args, (row) => (row.snoozedUntil = args['until'] as string | null));
      case 'assign':
        return this.#each(args, (row) => (row.assignee = args['to'] as string | null));
      case 'set_label':
        return this.#each(args, (row) => {
          const others = row.labels.filter((id) => id !== args['label']);
          row.labels = args['on'] ? [...others, String(args['label'])] : others;
        });
      case 'read_moment':
        return playedMoment(String(args['text']));
      case 'add_note':
        return this.#note(args);
      case 'remove_note':
        return this.#removeNote(String(args['message']));
      case 'draft':
        return this.#drafts.get(String(args['conversation'])) ?? null;
      case 'keep_draft':
        return this.#keepDraft(args);
      case 'remove_draft':
        return this.#keepDraft({ ...args, letter: null });
      case 'search_history':
        return this.#search(String(args['query']), null);
      case 'search_conversation':
        return this.#search(String(args['query']), String(args['conversation']));
      case 'field_names':
        return ['Cumpleaños', 'Talla'];
      case 'set_field':
        return null;
      case 'join_contacts':
        return this.#join(String(args['keep']), String(args['other']));
      case 'split_contact':
        return this.#split(String(args['joined']));
      case 'customers':
        return this.#customers(String(args['query']));
      case 'customer':
        return this.#customer(String(args['contact']));
      case 'customer_messages':
        return this.#said(String(args['contact']));
      case 'export_customer':
        return '/home/laura/Documentos/cobro María González';
      case 'erase_customer':
        return null;
      case 'export_all':
        return '/home/laura/Documentos/cobro-export.jsonl';
      case 'back_up':
        return '/home/laura/Respaldos/cobro-backup-2026-11-24-15-00-00';
      case 'notify_rules':
        return this.#rules;
      case 'set_notify_rules':
        this.#rules = args['rules'] as NotifyRules;
        return null;
      default:
        return undefined;
    }
  }

  #each({ conversations }: Args, change: (row: ConversationRow) => void) {
    for (const id of conversations as string[]) {
      const row = this.people.get(id)?.row;
      if (row) change(row);
      this.changed(id);
    }
    return null;
  }

  /** Who was joined, to whom: out of the list until they are split. */
  readonly #joined = new Map<string, { into: string; name: string; played: Played }>();

  #join(keep: string, other: string): null {
    const id = other.replace('contact-', '');
    const played = this.people.get(id);
    if (!played) return null;
    this.people.delete(id);
    this.#joined.set(other, { into: keep, name: played.row.name, played });
    this.changed(id);
    return null;
  }

  #split(other: string): null {
    const joined = this.#joined.get(other);
    if (!joined) return null;
    this.people.set(joined.played.row.id, joined.played);
    this.#joined.delete(other);
    this.changed(joined.played.row.id);
    return null;
  }

  #joinedTo(contact: string) {
    return [...this.#joined]
      .filter(([, { into }]) => into === contact)
      .map(([other, { name }]) => ({ contact: other, name, at: new Date().toISOString() }));
  }

  #customers(query: string) {
    const rows = [...this.people.values()]
      .filter(({ row }) => plain(row.name).includes(plain(query)))
      .map(({ row, charges }) => ({
        contact: `contact-${row.id}`,
        row,
        stats: statsOf(charges),
      }));
    return { rows, next: null };
  }

  #customer(contact: string): CustomerView | null {
    const played = this.people.get(contact.replace('contact-', ''));
    if (!played) return null;
    const { row, charges, messages } = played;
    return {
      contact,
      name: row.name,
      identities: row.phone ? [{ kind: 'phone', value: row.phone }] : [],
      fields: [
        { name: '', value: 'Paga siempre con tarjeta. Prefiere recoger los sábados.' },
        { name: 'Cumpleaños', value: '12 de marzo' },
      ],
      joined: this.#joinedTo(contact),
      stats: statsOf(charges),
      conversations: [row],
      charges,
      ...moneyOf(charges),
      messages: messages.length,
      since: charges.map(({ createdAt }) => createdAt).sort()[0] ?? messages[0]?.at ?? row.lastAt,
    };
  }

  #said(contact: string) {
    const messages = this.people.get(contact.replace('contact-', ''))?.messages ?? [];
    return { rows: messages.toReversed().slice(0, 50), next: null };
  }

  #told() {
    this.tools();
    return null;
  }

  #saveLabel(label: Label) {
    this.#labels = [...this.#labels.filter(({ id }) => id !== label.id), label];
    return this.#told();
  }

  #saveMember(id: string, name: string) {
    const known = this.#members.find((member) => member.id === id);
    this.#members = known
      ? this.#members.map((member) => (member.id === id ? { ...member, name } : member))
      : [...this.#members, { id, name, isMe: false }];
    return this.#told();
  }

  #saveReply({ id, shortcut, text }: NewQuickReply) {
    const reply = { id, shortcut, text, files: [] };
    this.#replies = [...this.#replies.filter((each) => each.id !== id), reply];
    return this.#told();
  }

  #note({ id, conversation, text }: Args): Message {
    const played = this.people.get(String(conversation));
    const note: Message = {
      id: String(id),
      conversation: String(conversation),
      direction: 'out',
      origin: 'desk',
      kind: 'note',
      text: String(text),
      at: new Date().toISOString(),
      delivery: null,
      problem: null,
      charge: null,
      retryOf: null,
      putAside: false,
      mediaName: null,
      content: null,
      media: null,
      quote: null,
      forwarded: 'no',
      referral: null,
      productName: null,
      reactions: [],
      editedAt: null,
      revokedAt: null,
      pricing: null,
      asks: false,
    };
    played?.messages.push(note);
    return note;
  }

  #removeNote(message: string) {
    for (const played of this.people.values()) {
      const at = played.messages.findIndex(({ id }) => id === message);
      if (at >= 0) played.messages.splice(at, 1);
    }
    return null;
  }

  #keepDraft({ conversation, letter, words }: Args) {
    const id = String(conversation);
    const row = this.people.get(id)?.row;
    if (typeof letter === 'string') this.#drafts.set(id, letter);
    else this.#drafts.delete(id);
    if (row) row.draft = typeof letter === 'string' ? String(words) : null;
    this.changed(id);
    return null;
  }

  #search(query: string, within: string | null): SearchPage {
    const wanted = plain(query.trim());
    const all = [...this.people.values()];
    const hits: SearchHit[] = all
      .filter(({ row }) => within === null || row.id === within)
      .flatMap(({ row, messages }) =>
        messages
          .filter(({ text }) => plain(text).includes(wanted))
          .map((message) => ({
            message: message.id,
            conversation: row.id,
            name: row.name,
            at: message.at,
            direction: message.direction,
            kind: message.kind,
            snippet: marked(message.text, wanted),
          })),
      )
      .sort((a, b) => b.at.localeCompare(a.at))
      .slice(0, 30);
    const people = all.map(({ row }) => row).filter(({ name }) => plain(name).includes(wanted));
    return {
      people: within === null ? people.slice(0, 6) : [],
      hits,
      next: null,
      isBuilding: false,
      unclear: null,
    };
  }
}

function statsOf(charges: Charge[]) {
  const paid = charges.filter((charge) => charge.payment === 'paid');
  return {
    paidCount: paid.length,
    lifetime: sumsOf(paid),
    held: [],
    since: paid[0]?.paidAt ?? null,
  };
}

function marked(text: string, wanted: string) {
  const at = plain(text).indexOf(wanted);
  return [
    { text: text.slice(0, at), isHit: false },
    { text: text.slice(at, at + wanted.length), isHit: true },
    { text: text.slice(at + wanted.length), isHit: false },
  ].filter((part) => part.text !== '');
}

/** Understands the usual moments, and takes every other longer word for tomorrow at nine. */
function playedMoment(text: string): string | null {
  if (text.length <= 3) return null;
  const moment = new Date();
  if (text.includes('hours')) moment.setHours(moment.getHours() + 2);
  else if (text.includes('tonight')) moment.setHours(20, 0, 0, 0);
  else {
    const days = text.startsWith('monday') ? (8 - moment.getDay()) % 7 || 7 : 1;
    moment.setDate(moment.getDate() + days);
    moment.setHours(9, 0, 0, 0);
  }
  return moment.toISOString();
}
