/** Reports, in Portuguese. */
import type en from './en';

const pt: typeof en = {
  reports: {
    title: 'Relatórios',
    period: 'Período',
    periods: {
      today: 'Hoje',
      sevenDays: '7 dias',
      thirtyDays: '30 dias',
      month: 'Este mês',
      days: 'De – até',
    },
    from: 'De',
    to: 'Até',
    wrongDays: 'Escolha um último dia que não seja anterior ao primeiro',
    range: (days, zone) => `${days} · ${zone}`,
    failed: 'Não foi possível fazer o relatório',
    nothing: 'Nada foi cobrado nestes dias',
    nothingAdvice: 'O que é cobrado e pago é somado aqui, dia por dia.',
    showMonth: 'Ver 30 dias',
    goCharge: 'Ir para a caixa de entrada',
    collected: 'Recebido',
    refunded: 'Devolvido',
    refunds: (count) => (count === 1 ? '1 reembolso' : `${count} reembolsos`),
    fees: 'Taxas da Stripe',
    feesOf: (count) => (count === 1 ? 'de 1 pagamento' : `de ${count} pagamentos`),
    net: 'Líquido após taxas',
    feeNotKnown: (count, amount) =>
      count === 1
        ? `1 pagamento ainda sem taxa: ${amount}`
        : `${count} pagamentos ainda sem taxa: ${amount}`,
    afterRefunds: (amount) => `${amount} após reembolsos`,
    openNow: 'A receber agora',
    linksPaid: 'Links pagos',
    paidOf: (paid, links) => `${paid} de ${links} enviados`,
    timeToPay: 'Do link ao pagamento',
    halfWithin: (time) => `Metade foi paga em até ${time}`,
    perDay: 'Recebido por dia',
    asTable: 'Os dias em uma tabela',
    day: 'Dia',
    links: 'Cobranças',
    linksMade: 'Cobranças feitas nestes dias',
    fate: 'Situação',
    fates: {
      paid: 'Pagas',
      open: 'Ainda abertas',
      expired: 'Vencidas',
      cancelled: 'Canceladas',
      other: 'Não enviadas',
    },
    amount: 'Valor',
    sellers: 'Por vendedor',
    seller: 'Vendedor',
    charged: 'Pedido',
    assignHint: 'Atribua conversas com A, e as vendas ficam com quem as tem.',
    nobodys: 'Sem conversa',
    products: 'Por produto',
    product: 'Produto',
    units: 'Unidades',
    value: 'Valor',
    productsNote: 'O que foi pago nestes dias, repartido pelos preços de cada cobrança',
    otherProducts: 'Outros produtos',
    noProduct: 'Valores sem produto, entregas',
    methods: 'Por forma de pagamento',
    method: 'Forma de pagamento',
    payments: 'Pagamentos',
    notTold: 'Não informada pela Stripe',
    nonePaid: 'Nada foi pago nestes dias',
    settledIn: (count, currency, fee, net) =>
      count === 1
        ? `1 pagamento foi liquidado em ${currency}: taxa ${fee}, líquido ${net}`
        : `${count} pagamentos foram liquidados em ${currency}: taxas ${fee}, líquido ${net}`,
    looseCame: (count, amount) =>
      count === 1
        ? `Nestas somas há 1 pagamento de ${amount} que nenhuma conversa pediu`
        : `Nestas somas há ${count} pagamentos de ${amount} que nenhuma conversa pediu`,
    looseBack: (amount) =>
      `Deles foram devolvidos ${amount}, segundo a Stripe; o dia não é conhecido aqui`,
    disputed: (count, amount) =>
      count === 1
        ? `Um banco está contestando 1 pagamento de ${amount}`
        : `Bancos estão contestando ${count} pagamentos de ${amount}`,
    goTo: 'Ir para',
  },
};

export default pt;
