/** What the played shop sells, and how it adds a charge up. Not part of the build. */
import type { Charge, ChargeQuestion, CreateCharge, Part, Product } from '../lib/api';

type Sums = Pick<Charge, 'lines' | 'totals'>;

export function aPlayedProduct(fields: Partial<Product>): Product {
  return {
    id: crypto.randomUUID(),
    name: '',
    description: '',
    aliases: [],
    sku: null,
    price: { minor: 0, currency: 'MXN' },
    options: [],
    stock: null,
    image: null,
    after: {},
    theirs: null,
    tax: null,
    active: true,
    recurring: null,
    stripeProduct: null,
    stripePrice: null,
    sync: 'local',
    problem: null,
    updatedAt: '2026-11-24T15:00:00Z',
    ...fields,
  };
}

/** Returns a small catalog, or one of so many products. */
export function playedCatalog(many: number): Product[] {
  const mxn = (minor: number) => ({ minor, currency: 'MXN' });
  const few = [
    aPlayedProduct({
      name: 'Pastel de tres leches',
      description: 'Para 10 personas',
      aliases: ['torta de tres leches'],
      sku: 'tres-leches',
      price: mxn(45_000),
      stock: 6,
      options: [
        {
          name: 'Tamaño',
          values: [
            { name: '10 personas' },
            { name: '20 personas', difference: 38_000 },
            { name: '30 personas', difference: 72_000 },
          ],
        },
        { name: 'Cubierta', values: [{ name: 'Crema' }, { name: 'Chocolate', difference: 6_000 }] },
      ],
    }),
    aPlayedProduct({
      name: 'Docena de galletas surtidas',
      price: mxn(18_000),
      stock: 0,
      sync: 'conflict',
      stripeProduct: 'prod_1',
      theirs: {
        name: 'Galletas surtidas (12)',
        description: 'Avena, nuez y chocolate',
        price: mxn(19_500),
        recurring: null,
        active: true,
        tax: null,
      },
    }),
    aPlayedProduct({
      name: 'Café de olla',
      description: 'Con canela',
      price: mxn(3_500),
      image: 'photo',
    }),
    aPlayedProduct({
      name: 'Mesa de dulces para fiestas infantiles con montaje, desmontaje y animación incluidos',
      price: mxn(250_000),
      stock: -2,
    }),
    aPlayedProduct({ name: 'Rosca de Reyes', price: mxn(38_000), active: false }),
  ];
  const rest = Array.from({ length: many }, (_, n) =>
    aPlayedProduct({
      name: `Producto ${String(n + 1)}`,
      sku: `P-${String(n + 1)}`,
      price: mxn(1_000 + n * 37),
      stock: n % 7,
    }),
  );
  return [...few, ...rest];
}

/** Adds up as the core does, as far as looking at the window needs it. */
export function workedOut(asked: ChargeQuestion | CreateCharge, products: Product[] = []): Sums {
  const lines = (asked.lines ?? []).map((line) => {
    const product = products.find(({ id }) => id === line.product);
    const difference = (product?.options ?? []).reduce((sum, group) => {
      const chosen = line.options?.find(({ group: name }) => name === group.name)?.value;
      return sum + (group.values.find(({ name }) => name === chosen)?.difference ?? 0);
    }, 0);
    const price = product ? { ...product.price, minor: product.price.minor + difference } : null;
    return {
      product: product?.id ?? null,
      name: product?.name ?? line.name ?? '',
      options: line.options ?? [],
      unit: line.unit ?? price ?? { minor: 0, currency: 'MXN' },
      quantity: line.quantity,
      note: line.note ?? '',
    };
  });
  const amount = asked.amount ?? { minor: 0, currency: lines[0]?.unit.currency ?? 'MXN' };
  if (lines.length === 0)
    lines.push({
      product: null,
      name: asked.description,
      options: [],
      unit: amount,
      quantity: 1,
      note: '',
    });
  const of = (minor: number) => ({ ...amount, minor });
  const subtotal = lines.reduce((sum, line) => sum + line.unit.minor * line.quantity, 0);
  const discount = partOf(asked.terms?.discount ?? null, subtotal) ?? 0;
  const total = subtotal - discount;
  const plan = asked.terms?.recurrence;
  if (plan?.type === 'instalments') {
    const interest = Math.round((total * (plan.interest ?? 0)) / 10_000);
    const each = Math.floor((total + interest) / plan.count);
    const rest = each * (plan.count - 1);
    const sums = { subtotal, discount, interest, total: total + interest };
    return {
      lines,
      totals: {
        subtotal: of(sums.subtotal),
        discount: of(sums.discount),
        interest: of(sums.interest),
        total: of(sums.total),
        now: of(sums.total - rest),
        rest: of(rest),
      },
    };
  }
  const now = partOf(asked.terms?.deposit ?? null, total) ?? total;
  return {
    lines,
    totals: {
      subtotal: of(subtotal),
      discount: of(discount),
      interest: of(0),
      total: of(total),
      now: of(now),
      rest: of(total - now),
    },
  };
}

function partOf(part: Part | null, whole: number): number | null {
  if (part === null) return null;
  return part.type === 'amount'
    ? part.amount.minor
    : Math.round((whole * part.basisPoints) / 10_000);
}
