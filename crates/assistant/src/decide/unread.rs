//! What the shop said beside its price, and nothing here has taken in.

use super::Desk;
use crate::dialogue::Consent;
use crate::read::{Decimal, Kind, Token};

impl Desk<'_> {
    /// "vc paga aqui no salão", "you pay at the counter": whoever then agrees has agreed to come, and asked for no link.
    pub(super) fn is_paid_there(&self, consent: Consent) -> bool {
        let tokens = self.shop_tokens_before_the_burst();
        let text = |at: usize| tokens.get(at).map_or("", |token: &Token| token.text.as_str());
        let by_link = tokens.iter().any(|token| {
            matches!(
                token.text.as_str(),
                "link"
                    | "liga"
                    | "enlace"
                    | "linkcito"
                    | "online"
                    | "linea"
                    | "anticipo"
                    | "sena"
                    | "sinal"
                    | "deposit"
                    | "adelantado"
                    | "antecipado"
                    | "advance"
                    | "upfront"
            )
        });
        let pays = |at: usize| {
            ["pag", "abon", "cancela", "acert"]
                .iter()
                .any(|root| text(at).starts_with(root))
                || matches!(text(at), "pay" | "pays" | "paid" | "payment" | "settle")
        };
        let there = |at: usize| {
            matches!(
                text(at),
                "aqui"
                    | "aca"
                    | "ahi"
                    | "alla"
                    | "alli"
                    | "local"
                    | "tienda"
                    | "salon"
                    | "salao"
                    | "loja"
                    | "mostrador"
                    | "balcao"
                    | "counter"
                    | "till"
                    | "store"
                    | "shop"
                    | "here"
                    | "there"
                    | "person"
                    | "persona"
                    | "pessoalmente"
                    | "presencial"
                    | "caja"
                    | "caixa"
                    | "llegar"
                    | "llegas"
                    | "llegue"
                    | "chegar"
                    | "chega"
                    | "recoger"
                    | "recoges"
                    | "retirar"
                    | "retiras"
                    | "retira"
                    | "buscar"
                    | "arrival"
                    | "arrive"
                    | "pickup"
                    | "collection"
                    | "collect"
                    | "door"
                    | "consultorio"
                    | "clinica"
                    | "recepcion"
                    | "recepcao"
                    | "reception"
                    | "vienes"
                    | "venir"
                    | "vier"
                    | "vem"
                    | "come"
            )
        };
        consent < Consent::Pay
            && !by_link
            && (0..tokens.len()).any(|at| pays(at) && (at + 1..at + 7).any(there))
    }

    /// "can do a fiver off", "te hago precio": a discount of which nobody knows how much it is.
    pub(super) fn gives_an_unread_discount(&self) -> bool {
        let tokens = self.shop_tokens_before_the_burst();
        let ends = |token: &Token| matches!(token.kind, Kind::Mark('.' | '?' | '!' | ';' | '\n'));
        self.state.grant.is_none() && tokens.split(ends).any(gives_something)
    }
}

/// Returns whether the sentence takes something off the price, and says neither how much nor on what terms.
fn gives_something(tokens: &[Token]) -> bool {
    let text = |at: usize| tokens.get(at).map_or("", |token: &Token| token.text.as_str());
    let any =
        |is: fn(&str) -> bool, from: usize, to: usize| (from..to.min(tokens.len())).any(|at| is(text(at)));
    if (1..tokens.len()).any(|at| text(at) == "off" && any(is_a_bit, at.saturating_sub(2), at)) {
        return true;
    }
    let counts = |token: &Token| {
        token
            .number()
            .and_then(Decimal::as_whole)
            .is_some_and(|number| number > 1)
    };
    let is_bound = tokens.iter().any(counts) || any(refuses, 0, tokens.len());
    // "te bajo un poquito", "te mejoro el precio", "te lo dejo más barato", "te hago precio"
    let gives = |at: usize| {
        let to_you = at
            .checked_sub(1)
            .is_none_or(|before| matches!(text(before), "te" | "le" | "lo" | "la" | "eu"));
        let lowers = to_you && lowers(text(at)) && any(is_a_bit, at + 1, at + 4);
        let betters = betters(text(at)) && any(is_the_price, at + 1, at + 4);
        let is_made = makes(text(at));
        let cheaper = is_made && any(is_cheaper, at + 1, at + 4) && !any(|word| word == "ones", at, at + 4);
        let small = (at + 1..at + 3).any(|next| matches!(text(next), "precito" | "precinho"));
        let a_price = is_made && (small || text(at + 1) == "precio" && text(at + 2) != "de");
        lowers || betters || cheaper || a_price
    };
    !is_bound && (0..tokens.len()).any(gives)
}

fn refuses(word: &str) -> bool {
    matches!(
        word,
        "no" | "nao" | "cant" | "cannot" | "sorry" | "tampoco" | "tambien" | "tambem" | "algo"
    )
}

fn is_a_bit(word: &str) -> bool {
    matches!(
        word,
        "fiver"
            | "tenner"
            | "quid"
            | "bucks"
            | "bit"
            | "little"
            | "half"
            | "some"
            | "something"
            | "poco"
            | "poquito"
            | "pouco"
            | "pouquinho"
            | "tantito"
            | "trocados"
            | "trocadinho"
            | "pesitos"
    )
}

fn lowers(word: &str) -> bool {
    matches!(
        word,
        "bajo"
            | "bajamos"
            | "quito"
            | "quitamos"
            | "rebajo"
            | "rebajamos"
            | "tiro"
            | "tiramos"
            | "abaixo"
            | "baixo"
    )
}

fn betters(word: &str) -> bool {
    matches!(
        word,
        "mejoro" | "mejoramos" | "mejorar" | "melhoro" | "melhoramos" | "melhorar" | "ajusto"
    )
}

fn makes(word: &str) -> bool {
    matches!(
        word,
        "hago" | "hacemos" | "dejo" | "dejamos" | "faco" | "fazemos" | "deixo" | "deixamos" | "do" | "make"
    )
}

fn is_the_price(word: &str) -> bool {
    matches!(word, "precio" | "preco")
}

fn is_cheaper(word: &str) -> bool {
    matches!(
        word,
        "barato" | "baratos" | "barata" | "baratas" | "baratito" | "baratinho" | "economico" | "cheaper"
    )
}
