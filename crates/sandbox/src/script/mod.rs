//! Customers who play a part: they write, read, answer and pay by what arrives on their phones.

mod actor;
mod cast;

use std::path::PathBuf;

use anyhow::Context;

use crate::house::House;
use actor::Actor;
use cast::Cast;

const SHOP: &str = include_str!("shop.json");

/// Who writes to the shop by itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Script {
    /// Nobody: only the control API makes customers write.
    #[default]
    None,
    /// The customers of a pastry shop.
    Shop,
    /// The cast in a file of the same form as the shop's.
    File(PathBuf),
}

impl Script {
    /// Returns the script called `none` or `shop`, or the one in the file of that name.
    pub fn named(name: &str) -> anyhow::Result<Self> {
        match name {
            "none" => Ok(Self::None),
            "shop" => Ok(Self::Shop),
            path => {
                let script = Self::File(path.into());
                // A mistake in the file is said at once.
                script.cast()?;
                Ok(script)
            }
        }
    }

    pub(crate) fn name(&self) -> &str {
        match self {
            Self::None => "none",
            Self::Shop => "shop",
            Self::File(path) => path.file_name().and_then(|name| name.to_str()).unwrap_or("file"),
        }
    }

    fn cast(&self) -> anyhow::Result<Cast> {
        match self {
            Self::None => Ok(Cast::default()),
            Self::Shop => Cast::read(SHOP),
            Self::File(path) => {
                let text = std::fs::read_to_string(path).with_context(|| {
                    format!(
                        "Failed to read the script {}: give 'none', 'shop' or a file",
                        path.display()
                    )
                })?;
                Cast::read(&text)
                    .with_context(|| format!("Failed to understand the script {}", path.display()))
            }
        }
    }
}

/// Returns a task for each customer of the script; they begin when the webhooks' target can be reached.
pub(crate) fn actors(
    script: &Script,
    seed: u64,
    house: &House,
) -> anyhow::Result<Vec<impl Future<Output = ()> + Send + use<>>> {
    let parts = script.cast()?.customers.into_iter().zip(0_u64..);
    Ok(parts
        .map(|(part, number)| Actor::new(part, seed.wrapping_add(number), house).play())
        .collect())
}
