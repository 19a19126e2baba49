//! The inbox without a window.
