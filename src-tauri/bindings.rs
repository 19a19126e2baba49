//! The one list of commands and events, for Tauri and for TypeScript.

use tauri_specta::{Builder, collect_commands, collect_events};

use crate::{commands, events};

pub(crate) fn builder() -> Builder<tauri::Wry> {
    Builder::new()
        .commands(collect_commands![
            commands::health::status,
            commands::appearance::keep_appearance,
            commands::appearance::speak,
            commands::inbox::conversations,
            commands::inbox::counts,
            commands::inbox::conversation,
            commands::inbox::messages,
            commands::inbox::send_text,
            commands::sending::send_message,
            commands::sending::react,
            commands::sending::set_typing,
            commands::sending::send_again,
            commands::sending::confirm_send,
            commands::sending::discard_message,
            commands::subscriptions::subscriptions,
            commands::subscriptions::subscriptions_of,
            commands::subscriptions::change_subscription,
            commands::subscriptions::send_card_link,
            commands::subscriptions::subscription_messages,
            commands::subscriptions::set_subscription_messages,
            commands::templates::templates,
            commands::templates::sync_templates,
            commands::templates::kit,
            commands::templates::create_kit,
            commands::templates::preview_template,
            commands::connection::connection,
            commands::connection::save_credentials,
            commands::connection::check_connection,
            commands::connection::choose_numbers,
            commands::connection::register_number,
            commands::connection::set_webhook,
            commands::connection::prove_webhook,
            commands::connection::request_history,
            commands::inbox::mark_read,
            commands::inbox::mark_unread,
            commands::search::search_history,
            commands::search::search_conversation,
            commands::work::messages_back_to,
            commands::work::resolve,
            commands::work::reopen,
            commands::work::read_moment,
            commands::work::snooze,
            commands::work::assign,
            commands::work::set_label,
            commands::work::add_note,
            commands::work::remove_note,
            commands::tools::labels,
            commands::tools::save_label,
            commands::tools::remove_label,
            commands::tools::members,
            commands::tools::save_member,
            commands::tools::remove_member,
            commands::tools::quick_replies,
            commands::tools::save_quick_reply,
            commands::tools::remove_quick_reply,
            commands::tools::stage_quick_reply,
            commands::tools::draft,
            commands::tools::keep_draft,
            commands::tools::remove_draft,
            commands::charges::preview_charge,
            commands::charges::create_charge,
            commands::charges::resend_charge,
            commands::charges::retry_charge,
            commands::charges::cancel_charge,
            commands::charges::charge_rest,
            commands::charges::restock,
            commands::charges::offer_quotation,
            commands::charges::accept_quotation,
            commands::catalog::product_link,
            commands::codes::read_ways,
            commands::codes::stripe_account,
            commands::codes::save_stripe_key,
            commands::codes::stripe_key,
            commands::codes::try_stripe_key,
            commands::codes::newest_codes,
            commands::codes::find_code,
            commands::assistant::proposal,
            commands::assistant::accept_proposal,
            commands::assistant::dismiss_proposal,
            commands::assistant::assistant_settings,
            commands::assistant::set_assistant_settings,
            commands::assistant::play_conversation,
            commands::assistant::model_state,
            commands::assistant::save_model_key,
            commands::assistant::test_model,
            commands::catalog::products,
            commands::catalog::save_product,
            commands::catalog::offer_product,
            commands::catalog::preview_catalog_import,
            commands::catalog::import_catalog,
            commands::catalog::export_catalog,
            commands::catalog::set_product_image,
            commands::catalog::remove_product_image,
            commands::catalog::look_at_stripe,
            commands::catalog::sync_catalog,
            commands::catalog::resolve_product,
            commands::inbox::set_on_screen,
            commands::health::test_notification,
            commands::health::envelope_problems,
            commands::health::unknown_messages,
            commands::inbox::message_versions,
            commands::inbox::order_draft,
            commands::inbox::lines,
            commands::contacts::join_contacts,
            commands::contacts::split_contact,
            commands::contacts::contact_suggestions,
            commands::contacts::customers,
            commands::contacts::customer,
            commands::contacts::customer_messages,
            commands::contacts::export_customer,
            commands::contacts::erase_customer,
            commands::data::back_up,
            commands::data::export_all,
            commands::data::notify_rules,
            commands::data::set_notify_rules,
            commands::contacts::set_field,
            commands::contacts::field_names,
            commands::health::history_imports,
            commands::health::alerts,
            commands::health::dismiss_alert,
            commands::health::reparse,
            commands::links::open_link,
            commands::media::fetch_media,
            commands::media::keep_frame,
            commands::media::open_media,
            commands::media::save_media,
            commands::media::stage_start,
            commands::media::stage_append,
            commands::media::stage_finish,
            commands::media::stage_discard,
            commands::media::media_policy,
            commands::media::set_media_policy,
            commands::media::recorder_state,
            commands::media::record_start,
            commands::media::record_stop,
            commands::media::record_cancel,
            commands::money::overview,
            commands::money::payment_counts,
            commands::money::payments,
            commands::money::saved_filters,
            commands::money::save_filters,
            commands::money::refundable,
            commands::money::create_refund,
            commands::money::disputes,
            commands::money::save_evidence,
            commands::money::payouts,
            commands::money::payout_contents,
            commands::money::move_order,
            commands::money::issue_again,
            commands::money::set_reminders,
            commands::money::reminder_policy,
            commands::money::set_reminder_policy,
            commands::money::after_sale,
            commands::money::set_after_sale,
            commands::money::accept_contested,
            commands::money::reconcile_estimate,
            commands::money::reconcile_start,
            commands::money::reconcile_resume,
            commands::money::reconcile_cancel,
            commands::money::reconciliations,
            commands::money::reconcile_report,
            commands::money::reconcile_lines,
            commands::money::tie_suggestions,
            commands::money::tie_payment,
            commands::money::untie_payment,
            commands::money::note_exception,
            commands::money::save_report,
            commands::money::save_payments,
            commands::money::sales_report,
            commands::money::save_sales_report,
        ])
        .events(collect_events![events::Changed])
        .constant("said", cobro_core::said())
        .constant("moneyTable", cobro_core::domain::money_table())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use specta_typescript::{Typescript, semantic};

    const HEADER: &str = "// `UPDATE_BINDINGS=1 cargo test -p cobro-desktop bindings` writes this file.\n";

    fn fresh() -> String {
        // Amounts cross as whole numbers, so none is the `null` that stands for NaN.
        let numbers = semantic::Configuration::empty().enable_lossless_floats();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bindings.ts");
        super::builder()
            .disable_serde_phases()
            .semantic_types(numbers)
            .export(Typescript::default().header(HEADER), &path)
            .unwrap();
        std::fs::read_to_string(path).unwrap()
    }

    #[test]
    fn bindings_are_current() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/src/lib/bindings.ts");
        let fresh = fresh();
        if std::env::var_os("UPDATE_BINDINGS").is_some() {
            std::fs::write(&path, &fresh).unwrap();
        }
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            kept == fresh,
            "ui/src/lib/bindings.ts is stale: run UPDATE_BINDINGS=1 cargo test -p cobro-desktop bindings"
        );
    }
}
