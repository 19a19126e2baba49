//! What the window may ask. A command translates, nothing else.

pub(crate) mod catalog;
pub(crate) mod charges;
pub(crate) mod connection;
pub(crate) mod contacts;
pub(crate) mod health;
pub(crate) mod inbox;
pub(crate) mod links;
pub(crate) mod media;
pub(crate) mod search;
pub(crate) mod sending;
pub(crate) mod templates;
pub(crate) mod tools;
pub(crate) mod work;

use tauri::State;

use crate::error::CommandError;
use crate::shell::Shell;

type Answer<T> = Result<T, CommandError>;
type Desk<'a> = State<'a, Shell>;
