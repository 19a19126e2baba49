//! What `cobro export` wrote, line by line.

use anyhow::{Context, Result};
use serde_json::Value;

/// One export.
#[derive(Debug, Clone, Default)]
pub struct Export {
    pub lines: Vec<Value>,
}

impl Export {
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let lines = text.lines().map(serde_json::from_str).collect::<Result<_, _>>();
        Ok(Self {
            lines: lines.context("A line of the export is no JSON")?,
        })
    }

    /// Returns the lines of a type, in the export's order.
    pub fn of<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Value> {
        self.lines.iter().filter(move |line| line["type"] == kind)
    }

    /// Returns the line of a type with this id.
    pub fn find<'a>(&'a self, kind: &'a str, id: &str) -> Option<&'a Value> {
        self.of(kind).find(|line| line["id"] == id)
    }

    /// Returns every text that was written, by either side: what was said, what it was
    /// before it was edited, and what was answered by an emoji.
    pub fn texts(&self) -> Vec<&str> {
        let said = ["message", "version", "change"]
            .into_iter()
            .flat_map(|kind| self.of(kind))
            .filter_map(|line| line["text"].as_str());
        let reactions = self.of("reaction").filter_map(|line| line["emoji"].as_str());
        said.chain(reactions).collect()
    }

    /// Returns the conversation with the contact of this name.
    pub fn conversation_with(&self, name: &str) -> Option<&str> {
        let contact = self.of("contact").find(|contact| contact["name"] == name)?;
        self.of("conversation")
            .find(|conversation| conversation["contact"] == contact["id"])?["id"]
            .as_str()
    }
}
