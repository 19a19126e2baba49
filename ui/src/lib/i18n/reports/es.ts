/** Reports, in Spanish. */
import type en from './en';

const es: typeof en = {
  reports: {
    title: 'Reportes',
    period: 'Periodo',
    periods: {
      today: 'Hoy',
      sevenDays: '7 días',
      thirtyDays: '30 días',
      month: 'Este mes',
      days: 'Desde – hasta',
    },
    from: 'Desde',
    to: 'Hasta',
    wrongDays: 'Elige un último día que no sea anterior al primero',
    range: (days, zone) => `${days} · ${zone}`,
    failed: 'No se pudo hacer el reporte',
    nothing: 'No se cobró nada en estos días',
    nothingAdvice: 'Lo que se cobra y se paga se suma aquí, día por día.',
    showMonth: 'Ver 30 días',
    goCharge: 'Ir a la bandeja',
    collected: 'Cobrado',
    refunded: 'Devuelto',
    refunds: (count) => (count === 1 ? '1 reembolso' : `${count} reembolsos`),
    fees: 'Comisiones de Stripe',
    feesOf: (count) => (count === 1 ? 'de 1 pago' : `de ${count} pagos`),
    net: 'Neto tras comisiones',
    feeNotKnown: (count, amount) =>
      count === 1
        ? `1 pago aún sin comisión: ${amount}`
        : `${count} pagos aún sin comisión: ${amount}`,
    afterRefunds: (amount) => `${amount} tras reembolsos`,
    openNow: 'Por cobrar ahora',
    linksPaid: 'Enlaces pagados',
    paidOf: (paid, links) => `${paid} de ${links} enviados`,
    timeToPay: 'Del enlace al pago',
    halfWithin: (time) => `La mitad se pagó en ${time} o menos`,
    perDay: 'Cobrado por día',
    asTable: 'Los días en una tabla',
    day: 'Día',
    links: 'Cobros',
    linksMade: 'Cobros hechos en estos días',
    fate: 'Estado',
    fates: {
      paid: 'Pagados',
      open: 'Aún abiertos',
      expired: 'Vencidos',
      cancelled: 'Cancelados',
      other: 'Sin enviar',
    },
    amount: 'Monto',
    sellers: 'Por vendedor',
    seller: 'Vendedor',
    charged: 'Pedido',
    assignHint: 'Asigna conversaciones con A, y sus ventas quedan con quien las tiene.',
    nobodys: 'Sin conversación',
    products: 'Por producto',
    product: 'Producto',
    units: 'Unidades',
    value: 'Valor',
    productsNote: 'Lo pagado en estos días, repartido según los precios de cada cobro',
    otherProducts: 'Otros productos',
    noProduct: 'Montos sin producto, envíos',
    methods: 'Por forma de pago',
    method: 'Forma de pago',
    payments: 'Pagos',
    notTold: 'Stripe no la dijo',
    nonePaid: 'No se pagó nada en estos días',
    settledIn: (count, currency, fee, net) =>
      count === 1
        ? `1 pago se liquidó en ${currency}: comisión ${fee}, neto ${net}`
        : `${count} pagos se liquidaron en ${currency}: comisiones ${fee}, neto ${net}`,
    looseCame: (count, amount) =>
      count === 1
        ? `En estas sumas hay 1 pago de ${amount} que ninguna conversación pidió`
        : `En estas sumas hay ${count} pagos de ${amount} que ninguna conversación pidió`,
    looseBack: (amount) =>
      `De ellos se devolvieron ${amount}, según Stripe; aquí no se sabe qué día`,
    disputed: (count, amount) =>
      count === 1
        ? `Un banco está reclamando 1 pago de ${amount}`
        : `Los bancos están reclamando ${count} pagos de ${amount}`,
    goTo: 'Ir a',
  },
};

export default es;
