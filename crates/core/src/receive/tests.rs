//! Stories of what arrives.
