//! What comes again: subscriptions, their invoices, their schedules, and clocks that let a year pass.

pub(crate) mod begin;
pub(crate) mod clock;
pub(crate) mod collect;
pub(crate) mod cycle;
pub(crate) mod end;
pub(crate) mod invoice;
pub(crate) mod schedule;
