/** Reports, in English: a period's sales for whoever answers for them. */

const en = {
  reports: {
    title: 'Reports',
    period: 'Period',
    periods: {
      today: 'Today',
      sevenDays: '7 days',
      thirtyDays: '30 days',
      month: 'This month',
      days: 'From – to',
    },
    from: 'From',
    to: 'To',
    wrongDays: 'Choose a last day that is not before the first',
    /** The days shown, and whose midnights part them. */
    range: (days: string, zone: string) => `${days} · ${zone}`,
    failed: 'The report could not be made',
    nothing: 'Nothing was charged in these days',
    nothingAdvice: 'What is charged and paid is added up here, day by day.',
    showMonth: 'Show 30 days',
    goCharge: 'Go to the inbox',
    collected: 'Collected',
    refunded: 'Given back',
    refunds: (count: number) => (count === 1 ? '1 refund' : `${count} refunds`),
    fees: 'Stripe’s fees',
    feesOf: (count: number) => (count === 1 ? 'of 1 payment' : `of ${count} payments`),
    net: 'Net after fees',
    feeNotKnown: (count: number, amount: string) =>
      count === 1
        ? `1 payment still without a fee: ${amount}`
        : `${count} payments still without a fee: ${amount}`,
    afterRefunds: (amount: string) => `${amount} after refunds`,
    openNow: 'Waiting now',
    linksPaid: 'Links paid',
    paidOf: (paid: number, links: number) => `${paid} of ${links} sent`,
    timeToPay: 'From link to paid',
    halfWithin: (time: string) => `Half were paid within ${time}`,
    perDay: 'Collected by day',
    asTable: 'Days as a table',
    day: 'Day',
    links: 'Charges',
    linksMade: 'Charges made in these days',
    fate: 'State',
    fates: {
      paid: 'Paid',
      open: 'Still open',
      expired: 'Expired',
      cancelled: 'Cancelled',
      other: 'Not sent',
    },
    amount: 'Amount',
    sellers: 'By seller',
    seller: 'Seller',
    charged: 'Charged',
    assignHint: 'Assign conversations with A, and their sales stand under who has them.',
    nobodys: 'Without a conversation',
    products: 'By product',
    product: 'Product',
    units: 'Units',
    value: 'Value',
    productsNote: 'What was paid in these days, shared by the prices of each charge',
    otherProducts: 'Other products',
    noProduct: 'Amounts without a product, delivery',
    methods: 'By way of paying',
    method: 'Way of paying',
    payments: 'Payments',
    notTold: 'Not told by Stripe',
    nonePaid: 'Nothing was paid in these days',
    settledIn: (count: number, currency: string, fee: string, net: string) =>
      count === 1
        ? `1 payment was settled in ${currency}: fee ${fee}, net ${net}`
        : `${count} payments were settled in ${currency}: fees ${fee}, net ${net}`,
    looseCame: (count: number, amount: string) =>
      count === 1
        ? `1 payment of ${amount} that no conversation asked for is in these sums`
        : `${count} payments of ${amount} that no conversation asked for are in these sums`,
    looseBack: (amount: string) =>
      `${amount} of them were given back, by Stripe’s word; on which day is not known here`,
    disputed: (count: number, amount: string) =>
      count === 1
        ? `A bank is taking back 1 payment of ${amount}`
        : `Banks are taking back ${count} payments of ${amount}`,
    goTo: 'Go to',
  },
};

export default en;
