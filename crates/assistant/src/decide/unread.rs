//! What the shop said beside its price, and nothing here has taken in.

use super::Desk;
use crate::dialogue::Consent;
use crate::read::Token;

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

    /// "can do a fiver off", "te hago una rebajita": a discount of which nobody knows how much it is.
    pub(super) fn gives_an_unread_discount(&self) -> bool {
        let tokens = self.shop_tokens_before_the_burst();
        let text = |at: usize| tokens.get(at).map_or("", |token: &Token| token.text.as_str());
        let is_sum = |at: usize| {
            matches!(
                text(at),
                "fiver" | "tenner" | "quid" | "bucks" | "bit" | "little" | "half" | "some" | "something"
            )
        };
        let off = (1..tokens.len()).any(|at| text(at) == "off" && (at.saturating_sub(2)..at).any(is_sum));
        off && self.state.grant.is_none()
    }
}
