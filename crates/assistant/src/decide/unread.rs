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

    /// "can do a fiver off", "te hago precio": a discount of which nobody knows how much it is.
    pub(super) fn gives_an_unread_discount(&self) -> bool {
        let tokens = self.shop_tokens_before_the_burst();
        let text = |at: usize| tokens.get(at).map_or("", |token: &Token| token.text.as_str());
        let off = (1..tokens.len())
            .any(|at| text(at) == "off" && (at.saturating_sub(2)..at).any(|it| is_a_bit(text(it))));
        // "te bajo un poquito", "tiro uns trocados"
        let lowers =
            (0..tokens.len()).any(|at| lowers(text(at)) && (at + 1..at + 4).any(|it| is_a_bit(text(it))));
        // "te mejoro el precio", "faço um precinho"
        let betters =
            (0..tokens.len()).any(|at| makes(text(at)) && (at + 1..at + 4).any(|it| is_the_price(text(it))));
        // "te lo dejo más barato", "I'll do it cheaper"
        let cheaper = (1..tokens.len()).any(|at| {
            matches!(
                text(at),
                "barato"
                    | "baratos"
                    | "barata"
                    | "baratas"
                    | "baratito"
                    | "baratinho"
                    | "economico"
                    | "cheaper"
            ) && (at.saturating_sub(5)..at).any(|it| makes(text(it)))
        });
        (off || lowers || betters || cheaper) && self.state.grant.is_none()
    }
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
            | "algo"
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
            | "bajar"
            | "quito"
            | "quitamos"
            | "quitar"
            | "rebajo"
            | "rebajamos"
            | "descuento"
            | "tiro"
            | "tiramos"
            | "tirar"
            | "abaixo"
            | "abaixamos"
            | "baixo"
            | "baixar"
            | "desconto"
    )
}

fn makes(word: &str) -> bool {
    matches!(
        word,
        "hago"
            | "hacemos"
            | "hacer"
            | "mejoro"
            | "mejoramos"
            | "mejorar"
            | "arreglo"
            | "acomodo"
            | "ajusto"
            | "dejo"
            | "dejamos"
            | "dejar"
            | "doy"
            | "faco"
            | "fazemos"
            | "fazer"
            | "melhoro"
            | "melhoramos"
            | "melhorar"
            | "deixo"
            | "deixamos"
            | "deixar"
            | "consigo"
            | "do"
            | "make"
    )
}

fn is_the_price(word: &str) -> bool {
    matches!(
        word,
        "precio" | "precito" | "preciecito" | "preco" | "precinho" | "atencion" | "atencao"
    )
}
