//! WhatsApp Cloud API: client, webhook shapes, signature.

pub mod signature;
