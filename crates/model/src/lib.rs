//! Asks a language model what it makes of a conversation, and trusts nothing that it answers.
//!
//! The model sees items by short ids and never a price; it may pick ids,
//! quantities and a discount rule, and word a reply. Whatever else an answer
//! holds makes it refused, whole. Nothing here decides: the caller compares the
//! answer with what the rules say.

mod answer;
mod filter;
mod question;
mod stream;

pub use answer::{Opinion, Refusal, check};
pub use filter::{Unfit, fit_to_send};
pub use question::{Offered, Question, Speaker};

use std::time::Duration;

use futures_util::StreamExt as _;
use genai::adapter::AdapterKind;
use genai::chat::{ChatMessage, ChatOptions, ChatRequest, ChatStreamEvent};
use genai::resolver::{AuthData, Endpoint};
use genai::{Client, ModelIden, ServiceTarget};
use secrecy::{ExposeSecret as _, SecretString};

/// Whoever has not answered by then is not waited for.
const PATIENCE: Duration = Duration::from_secs(20);
/// An answer needs a few hundred bytes; one that never ends is cut off here.
const LONGEST: usize = 8 * 1024;
/// Some models think aloud first.
const LONGEST_THOUGHT: usize = 64 * 1024;
/// The most that an answer may cost.
pub const ANSWER_TOKENS: u32 = 700;

/// Who runs a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provider {
    /// Any server that speaks OpenAI's way: Ollama, llama.cpp, a gateway.
    Compatible,
    OpenAi,
    Anthropic,
    Gemini,
}

impl Provider {
    /// Returns where the provider itself listens; whoever runs their own server must say where.
    pub fn address(self) -> &'static str {
        match self {
            Self::Compatible => "http://127.0.0.1:11434/v1/",
            Self::OpenAi => "https://api.openai.com/v1/",
            Self::Anthropic => "https://api.anthropic.com/v1/",
            Self::Gemini => "https://generativelanguage.googleapis.com/v1beta/",
        }
    }

    fn adapter(self) -> AdapterKind {
        match self {
            Self::Compatible | Self::OpenAi => AdapterKind::OpenAI,
            Self::Anthropic => AdapterKind::Anthropic,
            Self::Gemini => AdapterKind::Gemini,
        }
    }
}

/// Why there is no answer, or none that may be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    #[error("The model did not answer within {} s", PATIENCE.as_secs())]
    TimedOut,
    #[error("The model's answer had no end, and was cut off")]
    Endless,
    #[error("The model's server could not be reached")]
    Offline,
    #[error("The model's server refused: status {0}")]
    Status(u16),
    #[error("The model's server answered something that can't be read")]
    Unreadable,
    #[error("{0}")]
    Refused(#[from] Refusal),
}

/// What a question has cost, as the provider counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// `None` where the provider does not say.
    pub tokens: Option<u32>,
}

/// A model that can be asked. Its key is never shown.
#[derive(Debug, Clone)]
pub struct Model {
    client: Client,
    provider: Provider,
    url: String,
    name: String,
    key: Option<SecretString>,
}

impl Model {
    /// Returns the model at `url`, or at its provider's own address where that is empty.
    pub fn new(
        provider: Provider,
        url: &str,
        name: &str,
        key: Option<SecretString>,
    ) -> Result<Self, ModelError> {
        let http = reqwest::Client::builder()
            .connect_timeout(Duration::from_secs(5))
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|_| ModelError::Offline)?;
        Ok(Self {
            client: Client::builder()
                .with_reqwest(http)
                .build()
                .map_err(|_| ModelError::Offline)?,
            provider,
            url: if url.is_empty() { provider.address() } else { url }.to_owned(),
            name: name.to_owned(),
            key,
        })
    }

    /// Asks, and returns an answer that broke no rule. `heard` gets the reply's words as they come.
    ///
    /// Dropping the future ends the question.
    pub async fn ask(
        &self,
        question: &Question,
        heard: impl FnMut(&str),
    ) -> (Result<Opinion, ModelError>, Usage) {
        let mut usage = Usage::default();
        let answered = tokio::time::timeout(PATIENCE, self.read(question, heard, &mut usage)).await;
        let answer = match answered {
            Err(_) => Err(ModelError::TimedOut),
            Ok(Err(error)) => Err(error),
            Ok(Ok(text)) => check(&text, question).map_err(ModelError::from),
        };
        (answer, usage)
    }

    async fn read(
        &self,
        question: &Question,
        mut heard: impl FnMut(&str),
        usage: &mut Usage,
    ) -> Result<String, ModelError> {
        let request = ChatRequest::default()
            .with_system(Question::instructions())
            .append_message(ChatMessage::user(question.text()));
        let mut options = ChatOptions::default()
            .with_max_tokens(ANSWER_TOKENS)
            .with_capture_usage(true)
            .with_response_format(question.format());
        if self.provider == Provider::Compatible {
            // Some hosted models refuse any temperature but their own.
            options = options.with_temperature(0.0);
        }
        let answer = self
            .client
            .exec_chat_stream(self.target(), request, Some(&options))
            .await
            .map_err(|error| error_of(&error))?;
        let mut stream = answer.stream;
        let (mut text, mut shown, mut thought) = (String::new(), 0, 0_usize);
        while let Some(event) = stream.next().await {
            match event.map_err(|error| error_of(&error))? {
                ChatStreamEvent::Chunk(chunk) => {
                    text.push_str(&chunk.content);
                    let reply = stream::reply_so_far(&text);
                    if reply.len() > shown {
                        shown = reply.len();
                        heard(&reply);
                    }
                }
                ChatStreamEvent::ReasoningChunk(chunk) | ChatStreamEvent::ThoughtSignatureChunk(chunk) => {
                    thought = thought.saturating_add(chunk.content.len());
                }
                ChatStreamEvent::End(end) => {
                    usage.tokens = end
                        .captured_usage
                        .and_then(|usage| usage.total_tokens)
                        .and_then(|tokens| u32::try_from(tokens).ok());
                }
                ChatStreamEvent::ToolCallChunk(_) => return Err(ModelError::Unreadable), // None was offered.
                ChatStreamEvent::Start | ChatStreamEvent::Heartbeat => {}
            }
            if text.len() > LONGEST || thought > LONGEST_THOUGHT {
                return Err(ModelError::Endless);
            }
        }
        Ok(text)
    }

    fn target(&self) -> ServiceTarget {
        let key = self.key.as_ref().map_or("none", |key| key.expose_secret());
        ServiceTarget {
            endpoint: Endpoint::from_owned(self.url.clone()),
            auth: AuthData::from_single(key),
            model: ModelIden::new(self.provider.adapter(), self.name.clone()),
        }
    }
}

/// Bodies are left out: they can hold the conversation.
fn error_of(error: &genai::Error) -> ModelError {
    if let Some(status) = error.status() {
        return ModelError::Status(status.as_u16());
    }
    match error {
        genai::Error::WebModelCall { webc_error, .. } | genai::Error::WebAdapterCall { webc_error, .. } => {
            match webc_error {
                genai::webc::Error::Reqwest(_) => ModelError::Offline,
                _ => ModelError::Unreadable,
            }
        }
        genai::Error::WebStream { cause, .. } => {
            status_in(cause).map_or(ModelError::Offline, ModelError::Status)
        }
        _ => ModelError::Unreadable,
    }
}

/// A stream that is refused says so only in words.
fn status_in(cause: &str) -> Option<u16> {
    cause
        .split(|letter: char| !letter.is_ascii_digit())
        .filter_map(|digits| digits.parse().ok())
        .find(|number: &u16| (400..600).contains(number))
}
