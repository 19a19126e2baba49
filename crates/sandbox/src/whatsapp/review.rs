//! Meta's review of templates, and what becomes of them later.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::WhatsApp;
use super::refusal::Refusal;
use super::templates::{Template, TemplateState};

impl WhatsApp {
    /// Takes a template; its review ends after a while, in virtual time.
    pub(super) fn create_template(self: &Arc<Self>, asked: &Value) -> Result<Template, Refusal> {
        let template = self.templates().create(asked, self.clock.now_ms())?;
        let review = {
            let (whatsapp, id) = (Arc::clone(self), template.id.clone());
            async move {
                whatsapp.clock.sleep(whatsapp.options.review_takes).await;
                whatsapp.conclude_review(&id);
            }
        };
        self.tasks
            .spawn(self.stop.clone().run_until_cancelled_owned(review));
        Ok(template)
    }

    fn conclude_review(&self, id: &str) {
        let verdict = {
            let book = self.templates();
            let pending = book
                .by_id(id)
                .filter(|template| template.state == TemplateState::Pending);
            pending.map(Template::verdict)
        };
        match verdict {
            Some(None) => self.change_template(id, TemplateState::Approved, None, None),
            Some(Some((reason, why))) => {
                self.change_template(id, TemplateState::Rejected, Some(reason), Some(why));
            }
            // Somebody was faster.
            None => {}
        }
    }

    /// Moves a template on and tells of it.
    pub(crate) fn change_template(
        &self,
        id: &str,
        state: TemplateState,
        reason: Option<&str>,
        why: Option<&str>,
    ) {
        let Some(template) = self.templates().change(id, state, reason) else {
            return;
        };
        let mut value = json!({
            "event": state.name(),
            "message_template_id": number(&template.id),
            "message_template_name": template.name,
            "message_template_language": template.language,
            "reason": reason.unwrap_or("NONE"),
            "message_template_category": template.category,
        });
        if let (Some(why), Some(value)) = (why, value.as_object_mut()) {
            value.insert(
                "rejection_info".to_owned(),
                json!({"reason": why, "recommendation": "Change it and submit it again."}),
            );
        }
        self.tell_of_template(&template.id, "message_template_status_update", value);
    }

    /// Changes a template's category or quality and tells of it.
    pub(crate) fn amend_template(&self, id: &str, category: Option<&str>, quality: Option<&str>) {
        let Some(before) = self.templates().amend(id, category, quality) else {
            return;
        };
        let mut named = Map::new();
        named.insert("message_template_id".to_owned(), number(&before.id));
        named.insert("message_template_name".to_owned(), before.name.clone().into());
        named.insert(
            "message_template_language".to_owned(),
            before.language.clone().into(),
        );
        if let Some(category) = category {
            let mut value = named.clone();
            value.insert("previous_category".to_owned(), before.category.clone().into());
            value.insert("new_category".to_owned(), category.into());
            self.tell_of_template(id, "template_category_update", value.into());
        }
        if let Some(quality) = quality {
            let mut value = named;
            value.insert("previous_quality_score".to_owned(), before.quality.clone().into());
            value.insert("new_quality_score".to_owned(), quality.into());
            self.tell_of_template(id, "message_template_quality_update", value.into());
        }
    }

    /// Returns the templates of a name, in one language or all.
    pub(crate) fn templates_called(&self, name: &str, language: Option<&str>) -> Vec<String> {
        let found = self.templates().called(name, language);
        found.into_iter().map(|template| template.id).collect()
    }

    /// Returns all templates as the API shows them.
    pub(crate) fn all_templates(&self) -> Value {
        let wanted = super::templates::Wanted {
            limit: usize::MAX,
            ..Default::default()
        };
        self.templates()
            .list(&wanted)
            .get("data")
            .cloned()
            .unwrap_or_default()
    }

    fn tell_of_template(&self, id: &str, field: &str, value: Value) {
        self.tell(id, field, &self.about_account(field, value));
    }
}

/// Webhooks write a template's id as a number, unlike the API.
fn number(id: &str) -> Value {
    id.parse::<u64>().map_or_else(|_| Value::from(id), Value::from)
}
