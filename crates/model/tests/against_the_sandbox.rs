//! Every way in which a model can misbehave ends in words, and in nothing else.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use cobro_model::{Model, ModelError, Offered, Opinion, Provider, Question, Refusal, Speaker, Unfit};
use cobro_sandbox::{ModelMode, Sandbox, SandboxOptions};
use serde_json::json;

fn question() -> Question {
    let item = |id: &str, name: &str| Offered {
        id: id.to_owned(),
        name: name.to_owned(),
    };
    Question {
        items: vec![item("cake", "Pastel"), item("candle", "Velita")],
        turns: vec![
            (Speaker::Customer, "quiero un pastel".to_owned()),
            (Speaker::Shop, "Son $480, ¿te lo cobro?".to_owned()),
            (Speaker::Customer, "sí porfa".to_owned()),
        ],
        ..Question::default()
    }
}

async fn asked(mode: ModelMode) -> (Result<Opinion, ModelError>, Vec<String>, Sandbox) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let sandbox = Sandbox::start(SandboxOptions::default()).await.unwrap();
    sandbox.model().set_mode(mode);
    let model = Model::new(Provider::Compatible, &sandbox.model_url(), "sandbox", None).unwrap();
    let mut heard = Vec::new();
    let (answer, _) = model.ask(&question(), |reply| heard.push(reply.to_owned())).await;
    (answer, heard, sandbox)
}

#[tokio::test]
async fn an_honest_answer_is_an_opinion_and_its_reply_streams() {
    let answer = json!({"charge": true, "items": [{"id": "i0", "quantity": 1}], "discount": null,
        "reply": "¡Perfecto! Te paso el cobro en un momento."});
    let (opinion, heard, sandbox) = asked(ModelMode::Answers { answer }).await;
    let opinion = opinion.unwrap();
    assert!(opinion.charge);
    assert_eq!(opinion.items, [("cake".to_owned(), 1)]);
    assert!(heard.len() > 2, "{heard:?}");
    assert_eq!(heard.last(), opinion.reply.as_ref());
    let asked = sandbox.model().asked();
    let text = asked[0].to_string();
    assert!(text.contains("Velita") && text.contains("json_schema"), "{text}");
}

#[tokio::test]
async fn each_malicious_answer_is_refused_with_its_reason() {
    for (mode, expected) in [
        (ModelMode::Prices, ModelError::Refused(Refusal::OtherField)),
        (ModelMode::Urls, ModelError::Refused(Refusal::Reply(Unfit::Link))),
        (ModelMode::Ids, ModelError::Refused(Refusal::UnknownItem)),
        (
            ModelMode::CardData,
            ModelError::Refused(Refusal::Reply(Unfit::CardData)),
        ),
        (ModelMode::Endless, ModelError::Endless),
        (ModelMode::Broken, ModelError::Refused(Refusal::NoJson)),
        (ModelMode::Failing, ModelError::Status(500)),
    ] {
        let (answer, _, _) = asked(mode.clone()).await;
        assert_eq!(answer.unwrap_err(), expected, "{mode:?}");
    }
}

#[tokio::test]
async fn nobody_listening_is_offline() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let model = Model::new(Provider::Compatible, "http://127.0.0.1:9/v1/", "none", None).unwrap();
    let (answer, _) = model.ask(&question(), |_| {}).await;
    assert_eq!(answer.unwrap_err(), ModelError::Offline);
}
