//! A running desk: profile, key, settings, the relay inside, and core.
