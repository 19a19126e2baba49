//! Templates: created, reviewed, listed, deleted, and filled in when they are sent.

mod check;
mod fill;

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::ids;
use super::refusal::Refusal;
pub(crate) use fill::{Filled, fill};

const MONTH_MS: i64 = 30 * 24 * 60 * 60 * 1000;

/// How far a template has come at Meta.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum TemplateState {
    Pending,
    Approved,
    Rejected,
    Paused,
    Disabled,
}

impl TemplateState {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Approved => "APPROVED",
            Self::Rejected => "REJECTED",
            Self::Paused => "PAUSED",
            Self::Disabled => "DISABLED",
        }
    }
}

/// One template in one language.
#[derive(Debug, Clone)]
pub(crate) struct Template {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) language: String,
    pub(crate) category: String,
    pub(crate) state: TemplateState,
    pub(crate) reason: Option<String>,
    pub(crate) quality: String,
    /// `POSITIONAL` or `NAMED`.
    pub(crate) format: String,
    /// With the types in capitals, as Meta lists them.
    pub(crate) components: Vec<Value>,
}

impl Template {
    pub(crate) fn component(&self, kind: &str) -> Option<&Value> {
        self.components
            .iter()
            .find(|component| text(component, "type") == kind)
    }

    pub(crate) fn buttons(&self) -> &[Value] {
        let buttons = self
            .component("BUTTONS")
            .and_then(|component| component.get("buttons"));
        buttons.and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    /// Returns what Meta's reviewers find wrong, if anything.
    pub(crate) fn verdict(&self) -> Option<(&'static str, &'static str)> {
        let body = self
            .component("BODY")
            .map(|body| text(body, "text"))
            .unwrap_or_default();
        body.contains("}}{{").then_some((
            "INVALID_FORMAT",
            "Your template has parameters placed next to each other without text or punctuation between them.",
        ))
    }

    /// Returns the template as a list shows it.
    pub(crate) fn shown(&self) -> Value {
        let mut shown = json!({
            "name": self.name,
            "parameter_format": self.format,
            "components": self.components,
            "language": self.language,
            "status": self.state.name(),
            "category": self.category,
            "quality_score": {"score": self.quality, "date": 1_700_000_000},
            "id": self.id,
        });
        if let (Some(reason), Some(shown)) = (&self.reason, shown.as_object_mut()) {
            shown.insert("rejected_reason".to_owned(), reason.clone().into());
        }
        shown
    }
}

pub(crate) fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// Which templates are listed.
#[derive(Debug, Default)]
pub(crate) struct Wanted {
    pub(crate) name: Option<String>,
    pub(crate) status: Option<String>,
    pub(crate) language: Option<String>,
    pub(crate) category: Option<String>,
    pub(crate) limit: usize,
    /// The cursor of the last one seen.
    pub(crate) after: Option<String>,
}

/// All templates of the account.
#[derive(Debug)]
pub(crate) struct TemplateBook {
    all: Vec<Template>,
    created: u64,
    /// Until when names of deleted templates can't be used.
    resting: HashMap<String, i64>,
}

impl Default for TemplateBook {
    /// Returns a book with the template that every new account has.
    fn default() -> Self {
        let mut book = Self {
            all: Vec::new(),
            created: 0,
            resting: HashMap::new(),
        };
        let hello = json!({"name": "hello_world", "language": "en_US", "category": "UTILITY", "components": [
            {"type": "HEADER", "format": "TEXT", "text": "Hello World"},
            {"type": "BODY", "text": "Welcome and congratulations!! This message demonstrates your ability to send a \
                                      WhatsApp message notification from the Cloud API."},
            {"type": "FOOTER", "text": "WhatsApp Business Platform sample message"},
        ]});
        if let Ok(template) = book.create(&hello, 0) {
            let id = template.id;
            book.change(&id, TemplateState::Approved, None);
        }
        book
    }
}

impl TemplateBook {
    /// Takes a template that waits for review, or says what is wrong with it.
    pub(crate) fn create(&mut self, asked: &Value, now_ms: i64) -> Result<Template, Refusal> {
        let checked = check::check(asked)?;
        let taken =
            |template: &Template| template.name == checked.name && template.language == checked.language;
        if self.all.iter().any(taken) {
            return Err(Refusal::of_template(
                2_388_024,
                "Content in This Language Already Exists",
                "There is already content in this language for this template. Create a new template and try again.",
            ));
        }
        if self
            .resting
            .get(&checked.name)
            .is_some_and(|until_ms| now_ms < *until_ms)
        {
            return Err(Refusal::of_template(
                2_388_023,
                "Message template language is being deleted",
                "New content can't be added while the existing content is being deleted. Try again in 4 weeks or \
                 consider creating a new message template.",
            ));
        }
        self.created += 1;
        let template = Template {
            id: format!("{}{:06}", ids::digits_of_now(), self.created),
            ..checked
        };
        self.all.push(template.clone());
        Ok(template)
    }

    /// Returns the template of that name in that language.
    pub(crate) fn find(&self, name: &str, language: &str) -> Option<&Template> {
        self.all
            .iter()
            .find(|template| template.name == name && template.language == language)
    }

    pub(crate) fn by_id(&self, id: &str) -> Option<&Template> {
        self.all.iter().find(|template| template.id == id)
    }

    /// Returns all languages of a name, or the one that is named.
    pub(crate) fn called(&self, name: &str, language: Option<&str>) -> Vec<Template> {
        let fits = |template: &&Template| {
            template.name == name && language.is_none_or(|language| template.language == language)
        };
        self.all.iter().filter(fits).cloned().collect()
    }

    /// Moves a template on; returns it if that changed anything.
    pub(crate) fn change(
        &mut self,
        id: &str,
        state: TemplateState,
        reason: Option<&str>,
    ) -> Option<Template> {
        let template = self.all.iter_mut().find(|template| template.id == id)?;
        if template.state == state {
            return None;
        }
        template.state = state;
        template.reason = reason.map(str::to_owned);
        Some(template.clone())
    }

    /// Changes what Meta decides besides the state; returns the template as it was.
    pub(crate) fn amend(
        &mut self,
        id: &str,
        category: Option<&str>,
        quality: Option<&str>,
    ) -> Option<Template> {
        let template = self.all.iter_mut().find(|template| template.id == id)?;
        let before = template.clone();
        if let Some(category) = category {
            category.clone_into(&mut template.category);
        }
        if let Some(quality) = quality {
            quality.clone_into(&mut template.quality);
        }
        Some(before)
    }

    /// Deletes all languages of a name, or the one with that id; returns whether there was any.
    pub(crate) fn delete(&mut self, name: &str, id: Option<&str>, now_ms: i64) -> bool {
        let goes = |template: &Template| template.name == name && id.is_none_or(|id| template.id == id);
        let approved = self
            .all
            .iter()
            .any(|template| goes(template) && template.state == TemplateState::Approved);
        let before = self.all.len();
        self.all.retain(|template| !goes(template));
        if approved && !self.all.iter().any(|template| template.name == name) {
            self.resting.insert(name.to_owned(), now_ms + MONTH_MS);
        }
        self.all.len() < before
    }

    /// Returns one page, newest first, with the cursors of its ends.
    pub(crate) fn list(&self, wanted: &Wanted) -> Value {
        let is = |wanted: &Option<String>, have: &str| {
            wanted
                .as_deref()
                .is_none_or(|wanted| wanted.split(',').any(|one| one.eq_ignore_ascii_case(have)))
        };
        let fits = |template: &&Template| {
            wanted
                .name
                .as_deref()
                .is_none_or(|name| template.name.contains(name))
                && is(&wanted.status, template.state.name())
                && is(&wanted.language, &template.language)
                && is(&wanted.category, &template.category)
        };
        let mut left = self.all.iter().rev().filter(fits).skip_while(|template| {
            let after = wanted.after.as_deref().and_then(from_cursor);
            after.is_some_and(|after| template.id >= after)
        });
        let page: Vec<&Template> = left.by_ref().take(wanted.limit).collect();
        let mut paging = Map::new();
        if let (Some(first), Some(last)) = (page.first(), page.last()) {
            paging.insert(
                "cursors".to_owned(),
                json!({"before": cursor(&first.id), "after": cursor(&last.id)}),
            );
        }
        if left.next().is_some() {
            // The caller writes the address of the next page.
            paging.insert("next".to_owned(), Value::Null);
        }
        let data: Vec<Value> = page.iter().map(|template| template.shown()).collect();
        json!({"data": data, "paging": paging})
    }
}

fn cursor(id: &str) -> String {
    hex::encode(id)
}

fn from_cursor(cursor: &str) -> Option<String> {
    String::from_utf8(hex::decode(cursor).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template(name: &str, body: &str) -> Value {
        json!({"name": name, "language": "es", "category": "UTILITY", "components": [
            {"type": "BODY", "text": body, "example": {"body_text": [["Ana"]]}}]})
    }

    fn page(book: &TemplateBook, limit: usize, after: Option<String>) -> Value {
        book.list(&Wanted {
            limit,
            after,
            ..Wanted::default()
        })
    }

    #[test]
    fn pages_hold_every_template_once() {
        let mut book = TemplateBook::default();
        for number in 0..5 {
            book.create(&template(&format!("aviso_{number}"), "Hola {{1}}, listo."), 0)
                .unwrap();
        }
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let page = page(&book, 2, after);
            seen.extend(
                page["data"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|one| one["name"].to_string()),
            );
            after = page["paging"]["cursors"]["after"].as_str().map(str::to_owned);
            if page["paging"].get("next").is_none() {
                break;
            }
        }
        assert_eq!(seen.len(), 6);
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 6);
    }

    #[test]
    fn a_name_is_used_once_per_language_and_rests_after_an_approved_one_was_deleted() {
        let mut book = TemplateBook::default();
        let asked = template("aviso", "Hola {{1}}, listo.");
        let first = book.create(&asked, 0).unwrap();
        assert_eq!(book.create(&asked, 0).unwrap_err().subcode(), Some(2_388_024));
        book.change(&first.id, TemplateState::Approved, None);
        assert!(book.delete("aviso", None, 0));
        assert!(!book.delete("aviso", None, 0));
        assert_eq!(book.create(&asked, 0).unwrap_err().subcode(), Some(2_388_023));
        assert!(book.create(&asked, MONTH_MS).is_ok());
    }

    #[test]
    fn one_that_never_was_approved_leaves_its_name_free() {
        let mut book = TemplateBook::default();
        let asked = template("aviso", "Hola {{1}}, listo.");
        book.create(&asked, 0).unwrap();
        book.delete("aviso", None, 0);
        assert!(book.create(&asked, 0).is_ok());
    }

    #[test]
    fn reviewers_reject_parameters_side_by_side() {
        let mut book = TemplateBook::default();
        let mut asked = template("aviso", "Hola {{1}}{{2}}, listo.");
        asked["components"][0]["example"] = json!({"body_text": [["Ana", "López"]]});
        let template = book.create(&asked, 0).unwrap();
        assert_eq!(template.verdict().unwrap().0, "INVALID_FORMAT");
    }
}
