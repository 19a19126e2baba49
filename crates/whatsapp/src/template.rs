//! The shop's templates at Meta: listing, creating and deleting them.

use serde::Serialize;
use serde_json::Value;

use crate::answer::{answer_to, asked, data, done, field, json_of, next_page};
use crate::client::ACCOUNT;
use crate::{WhatsAppApi, WhatsAppError};

const PAGE: &str = "100";
const FIELDS: &str = "id,name,language,category,status,quality_score,rejected_reason,components";

/// One page of a list, and where the next one starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed<T> {
    /// In Meta's order.
    pub items: Vec<T>,
    /// What to ask after next; `None` at the end.
    pub next: Option<String>,
}

/// A template as Meta has it, in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateInfo {
    /// Meta's own.
    pub id: String,
    /// Shared by its languages.
    pub name: String,
    /// Such as `es` or `pt_BR`.
    pub language: String,
    /// Such as `UTILITY`.
    pub category: String,
    /// Such as `APPROVED`.
    pub status: String,
    /// `GREEN`, `YELLOW`, `RED`; `None` before customers rated it.
    pub quality: Option<String>,
    /// Why it was rejected.
    pub reason: Option<String>,
    /// Its header, body, footer and buttons, as Meta writes them.
    pub components: Value,
}

/// A template to create.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewTemplate {
    /// Small letters, digits and underscores.
    pub name: String,
    /// Such as `es` or `pt_BR`.
    pub language: String,
    /// Such as `UTILITY`.
    pub category: String,
    /// `named` or `positional`; Meta takes `None` for positional.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameter_format: Option<String>,
    /// Header, body, footer and buttons, as Meta writes them, with examples.
    pub components: Value,
}

/// Meta took a template, and looks at it now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateCreated {
    /// Meta's own.
    pub id: String,
    /// Mostly `PENDING`.
    pub status: String,
    /// What Meta made of the category that was asked for.
    pub category: Option<String>,
}

impl WhatsAppApi {
    /// Returns a page of the account's templates.
    pub async fn templates(
        &self,
        waba: &str,
        after: Option<&str>,
    ) -> Result<Listed<TemplateInfo>, WhatsAppError> {
        let mut request = self
            .get(ACCOUNT, waba, "/message_templates")?
            .query(&[("fields", FIELDS), ("limit", PAGE)]);
        if let Some(after) = after {
            request = request.query(&[("after", after)]);
        }
        let answer = asked(&self.clock, request).await?;
        Ok(Listed {
            items: data(&answer).iter().filter_map(template_of).collect(),
            next: next_page(&answer),
        })
    }

    /// Creates a template in one language. Meta approves or rejects it within a day.
    pub async fn create_template(
        &self,
        waba: &str,
        new: &NewTemplate,
    ) -> Result<TemplateCreated, WhatsAppError> {
        let request = self.post(ACCOUNT, waba, "/message_templates")?.json(new);
        let answer = json_of(&answer_to(&self.clock, request).await?)?;
        Ok(TemplateCreated {
            id: field(&answer, "id").ok_or(WhatsAppError::Unreadable)?,
            status: field(&answer, "status").unwrap_or_else(|| "PENDING".into()),
            category: field(&answer, "category"),
        })
    }

    /// Deletes a template in all its languages. Its name can't be used for 30 days then.
    pub async fn delete_template(&self, waba: &str, name: &str) -> Result<(), WhatsAppError> {
        let request = self
            .delete(ACCOUNT, waba, "/message_templates")?
            .query(&[("name", name)]);
        done(&answer_to(&self.clock, request).await?)
    }
}

/// What has no name can't be sent, and is none of ours.
fn template_of(value: &Value) -> Option<TemplateInfo> {
    let quality = value.get("quality_score").and_then(|score| field(score, "score"));
    Some(TemplateInfo {
        id: field(value, "id")?,
        name: field(value, "name")?,
        language: field(value, "language")?,
        category: field(value, "category").unwrap_or_default(),
        status: field(value, "status").unwrap_or_default(),
        quality: quality.filter(|quality| quality != "UNKNOWN"),
        reason: field(value, "rejected_reason").filter(|reason| reason != "NONE"),
        components: value.get("components").cloned().unwrap_or_default(),
    })
}
