//! The endpoints the sandbox plays: path, permission, parameters and what each does.

use serde_json::Value;

use super::endpoints::{
    account, cash, catalog, coupons, customers, disputes, events, intents, invoices, links, payments,
    payouts, portal, refunds, schedules, sessions, subscriptions, test_clocks, webhook_endpoints,
};
use super::fields::Fields;
use super::ledger::Act;
use super::params::Param;
use super::refusal::Refusal;

pub(crate) type Answer = Result<Value, Refusal>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verb {
    Get,
    Post,
    Delete,
}

/// One endpoint, by the path template of Stripe's OpenAPI description.
#[derive(Debug)]
pub(crate) struct Route {
    pub(crate) verb: Verb,
    pub(crate) path: &'static str,
    /// What a restricted key needs, without `_read` or `_write`.
    pub(crate) permission: &'static str,
    /// Everything it takes but `expand`.
    pub(crate) params: &'static [Param],
    pub(crate) run: fn(&mut Act, &Call) -> Answer,
}

/// A request whose path and parameters were checked.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    /// What stood in the path where the template has braces.
    pub(crate) id: &'a str,
    pub(crate) fields: Fields<'a>,
}

impl Route {
    pub(crate) fn needs(&self) -> String {
        let access = if self.verb == Verb::Get { "read" } else { "write" };
        format!("{}_{access}", self.permission)
    }

    /// Returns the id in the path if the path is this endpoint's.
    fn matches<'a>(&self, path: &'a str) -> Option<&'a str> {
        let mut id = "";
        let mut given = path.split('/');
        for part in self.path.split('/') {
            let actual = given.next()?;
            if part.starts_with('{') {
                id = actual;
            } else if part != actual {
                return None;
            }
        }
        given.next().is_none().then_some(id)
    }
}

/// Returns the endpoint for a path and the id in it.
pub(crate) fn find(verb: Verb, path: &str) -> Option<(&'static Route, &str)> {
    let mut of_verb = ROUTES.iter().filter(|route| route.verb == verb);
    of_verb.find_map(|route| route.matches(path).map(|id| (route, id)))
}

const fn get(
    path: &'static str,
    permission: &'static str,
    params: &'static [Param],
    run: fn(&mut Act, &Call) -> Answer,
) -> Route {
    Route {
        verb: Verb::Get,
        path,
        permission,
        params,
        run,
    }
}

const fn post(
    path: &'static str,
    permission: &'static str,
    params: &'static [Param],
    run: fn(&mut Act, &Call) -> Answer,
) -> Route {
    Route {
        verb: Verb::Post,
        path,
        permission,
        params,
        run,
    }
}

const fn delete(path: &'static str, permission: &'static str, run: fn(&mut Act, &Call) -> Answer) -> Route {
    Route {
        verb: Verb::Delete,
        path,
        permission,
        params: &[],
        run,
    }
}

const LINK: &str = "rak_payment_link";
const SESSION: &str = "rak_checkout_session";
const PRODUCT: &str = "rak_product";
const PRICE: &str = "rak_plan";
const CUSTOMER: &str = "rak_customer";
const INTENT: &str = "rak_payment_intent";
const CHARGE: &str = "rak_charge";
const COUPON: &str = "rak_coupon";
const CODE: &str = "rak_promotion_code";
const DISPUTE: &str = "rak_dispute";
const PAYOUT: &str = "rak_payout";
const SUBSCRIPTION: &str = "rak_subscription";
const INVOICE: &str = "rak_invoice";
const PORTAL: &str = "rak_billing_portal";
const CLOCK: &str = "rak_billing_clock";
const TRANSACTION: &str = "rak_balance_transaction_source";
const WEBHOOK: &str = "rak_webhook";

pub(crate) const ROUTES: &[Route] = &[
    post("/v1/payment_links", LINK, links::CREATE, links::create),
    get("/v1/payment_links", LINK, links::LIST, links::list),
    get("/v1/payment_links/{payment_link}", LINK, &[], links::retrieve),
    post(
        "/v1/payment_links/{payment_link}",
        LINK,
        links::UPDATE,
        links::update,
    ),
    get(
        "/v1/payment_links/{payment_link}/line_items",
        LINK,
        links::LINES,
        links::lines,
    ),
    post(
        "/v1/checkout/sessions",
        SESSION,
        sessions::CREATE,
        sessions::create,
    ),
    get("/v1/checkout/sessions", SESSION, sessions::LIST, sessions::list),
    get(
        "/v1/checkout/sessions/{session}",
        SESSION,
        &[],
        sessions::retrieve,
    ),
    post(
        "/v1/checkout/sessions/{session}",
        SESSION,
        sessions::UPDATE,
        sessions::update,
    ),
    post(
        "/v1/checkout/sessions/{session}/expire",
        SESSION,
        &[],
        sessions::expire,
    ),
    get(
        "/v1/checkout/sessions/{session}/line_items",
        SESSION,
        links::LINES,
        sessions::lines,
    ),
    post(
        "/v1/products",
        PRODUCT,
        catalog::CREATE_PRODUCT,
        catalog::create_product,
    ),
    get(
        "/v1/products",
        PRODUCT,
        catalog::LIST_PRODUCTS,
        catalog::list_products,
    ),
    get("/v1/products/{id}", PRODUCT, &[], catalog::retrieve_product),
    post(
        "/v1/products/{id}",
        PRODUCT,
        catalog::UPDATE_PRODUCT,
        catalog::update_product,
    ),
    post("/v1/prices", PRICE, catalog::CREATE_PRICE, catalog::create_price),
    get("/v1/prices", PRICE, catalog::LIST_PRICES, catalog::list_prices),
    get("/v1/prices/{price}", PRICE, &[], catalog::retrieve_price),
    post(
        "/v1/prices/{price}",
        PRICE,
        catalog::UPDATE_PRICE,
        catalog::update_price,
    ),
    post("/v1/customers", CUSTOMER, customers::WRITE, customers::create),
    get("/v1/customers", CUSTOMER, customers::LIST, customers::list),
    get("/v1/customers/{customer}", CUSTOMER, &[], customers::retrieve),
    post(
        "/v1/customers/{customer}",
        CUSTOMER,
        customers::UPDATE,
        customers::update,
    ),
    delete("/v1/customers/{customer}", CUSTOMER, customers::delete),
    get(
        "/v1/customers/{customer}/cash_balance",
        CUSTOMER,
        &[],
        cash::balance,
    ),
    get(
        "/v1/customers/{customer}/cash_balance_transactions",
        CUSTOMER,
        cash::LIST,
        cash::list,
    ),
    post(
        "/v1/test_helpers/customers/{customer}/fund_cash_balance",
        CUSTOMER,
        cash::FUND,
        cash::fund,
    ),
    get(
        "/v1/subscriptions",
        SUBSCRIPTION,
        subscriptions::LIST,
        subscriptions::list,
    ),
    get(
        "/v1/subscriptions/{subscription_exposed_id}",
        SUBSCRIPTION,
        &[],
        subscriptions::retrieve,
    ),
    post(
        "/v1/subscriptions/{subscription_exposed_id}",
        SUBSCRIPTION,
        subscriptions::UPDATE,
        subscriptions::update,
    ),
    Route {
        params: subscriptions::CANCEL,
        ..delete(
            "/v1/subscriptions/{subscription_exposed_id}",
            SUBSCRIPTION,
            subscriptions::cancel,
        )
    },
    post(
        "/v1/subscription_schedules",
        SUBSCRIPTION,
        schedules::CREATE,
        schedules::create,
    ),
    get(
        "/v1/subscription_schedules",
        SUBSCRIPTION,
        schedules::LIST,
        schedules::list,
    ),
    get(
        "/v1/subscription_schedules/{schedule}",
        SUBSCRIPTION,
        &[],
        schedules::retrieve,
    ),
    post(
        "/v1/subscription_schedules/{schedule}",
        SUBSCRIPTION,
        schedules::UPDATE,
        schedules::update,
    ),
    post(
        "/v1/subscription_schedules/{schedule}/release",
        SUBSCRIPTION,
        schedules::RELEASE,
        schedules::release,
    ),
    post(
        "/v1/subscription_schedules/{schedule}/cancel",
        SUBSCRIPTION,
        schedules::CANCEL,
        schedules::cancel,
    ),
    get("/v1/invoices", INVOICE, invoices::LIST, invoices::list),
    post(
        "/v1/invoices/create_preview",
        INVOICE,
        invoices::PREVIEW,
        invoices::preview,
    ),
    get("/v1/invoices/{invoice}", INVOICE, &[], invoices::retrieve),
    post(
        "/v1/invoices/{invoice}/pay",
        INVOICE,
        invoices::PAY,
        invoices::pay,
    ),
    post("/v1/invoices/{invoice}/void", INVOICE, &[], invoices::void),
    get(
        "/v1/invoice_payments",
        INVOICE,
        invoices::LIST_PAYMENTS,
        invoices::list_payments,
    ),
    post(
        "/v1/billing_portal/sessions",
        PORTAL,
        portal::CREATE,
        portal::create,
    ),
    post(
        "/v1/test_helpers/test_clocks",
        CLOCK,
        test_clocks::CREATE,
        test_clocks::create,
    ),
    get(
        "/v1/test_helpers/test_clocks",
        CLOCK,
        test_clocks::LIST,
        test_clocks::list,
    ),
    get(
        "/v1/test_helpers/test_clocks/{test_clock}",
        CLOCK,
        &[],
        test_clocks::retrieve,
    ),
    post(
        "/v1/test_helpers/test_clocks/{test_clock}/advance",
        CLOCK,
        test_clocks::ADVANCE,
        test_clocks::advance,
    ),
    delete(
        "/v1/test_helpers/test_clocks/{test_clock}",
        CLOCK,
        test_clocks::delete,
    ),
    post(
        "/v1/coupons",
        COUPON,
        coupons::CREATE_COUPON,
        coupons::create_coupon,
    ),
    get(
        "/v1/coupons",
        COUPON,
        coupons::LIST_COUPONS,
        coupons::list_coupons,
    ),
    get("/v1/coupons/{coupon}", COUPON, &[], coupons::retrieve_coupon),
    post(
        "/v1/coupons/{coupon}",
        COUPON,
        coupons::UPDATE_COUPON,
        coupons::update_coupon,
    ),
    delete("/v1/coupons/{coupon}", COUPON, coupons::delete_coupon),
    post(
        "/v1/promotion_codes",
        CODE,
        coupons::CREATE_CODE,
        coupons::create_code,
    ),
    get(
        "/v1/promotion_codes",
        CODE,
        coupons::LIST_CODES,
        coupons::list_codes,
    ),
    get(
        "/v1/promotion_codes/{promotion_code}",
        CODE,
        &[],
        coupons::retrieve_code,
    ),
    post(
        "/v1/promotion_codes/{promotion_code}",
        CODE,
        coupons::UPDATE_CODE,
        coupons::update_code,
    ),
    get("/v1/disputes", DISPUTE, disputes::LIST, disputes::list),
    get("/v1/disputes/{dispute}", DISPUTE, &[], disputes::retrieve),
    post(
        "/v1/disputes/{dispute}",
        DISPUTE,
        disputes::UPDATE,
        disputes::update,
    ),
    post("/v1/disputes/{dispute}/close", DISPUTE, &[], disputes::close),
    get("/v1/payouts", PAYOUT, payouts::LIST, payouts::list),
    get("/v1/payouts/{payout}", PAYOUT, &[], payouts::retrieve),
    post("/v1/payment_intents", INTENT, intents::CREATE, intents::create),
    get("/v1/payment_intents", INTENT, intents::LIST, intents::list),
    get(
        "/v1/payment_intents/{intent}",
        INTENT,
        intents::RETRIEVE,
        intents::retrieve,
    ),
    post(
        "/v1/payment_intents/{intent}",
        INTENT,
        intents::UPDATE,
        intents::update,
    ),
    post(
        "/v1/payment_intents/{intent}/confirm",
        INTENT,
        intents::CONFIRM,
        intents::confirm,
    ),
    post(
        "/v1/payment_intents/{intent}/cancel",
        INTENT,
        intents::CANCEL,
        intents::cancel,
    ),
    get(
        "/v1/charges",
        CHARGE,
        payments::LIST_CHARGES,
        payments::list_charges,
    ),
    get("/v1/charges/{charge}", CHARGE, &[], payments::retrieve_charge),
    post(
        "/v1/charges/{charge}",
        CHARGE,
        payments::UPDATE_CHARGE,
        payments::update_charge,
    ),
    get(
        "/v1/balance_transactions",
        TRANSACTION,
        payments::LIST_TRANSACTIONS,
        payments::list_transactions,
    ),
    get(
        "/v1/balance_transactions/{id}",
        TRANSACTION,
        &[],
        payments::retrieve_transaction,
    ),
    post("/v1/refunds", CHARGE, refunds::CREATE, refunds::create),
    get("/v1/refunds", CHARGE, refunds::LIST, refunds::list),
    get("/v1/refunds/{refund}", CHARGE, &[], refunds::retrieve),
    post("/v1/refunds/{refund}", CHARGE, refunds::UPDATE, refunds::update),
    get("/v1/events", "rak_event", events::LIST, events::list),
    get("/v1/events/{id}", "rak_event", &[], events::retrieve),
    get("/v1/account", "rak_accounts_kyc_basic", &[], account::retrieve),
    get("/v1/balance", "rak_balance", &[], account::balance),
    post(
        "/v1/webhook_endpoints",
        WEBHOOK,
        webhook_endpoints::CREATE,
        webhook_endpoints::create,
    ),
    get(
        "/v1/webhook_endpoints",
        WEBHOOK,
        webhook_endpoints::LIST,
        webhook_endpoints::list,
    ),
    get(
        "/v1/webhook_endpoints/{webhook_endpoint}",
        WEBHOOK,
        &[],
        webhook_endpoints::retrieve,
    ),
    post(
        "/v1/webhook_endpoints/{webhook_endpoint}",
        WEBHOOK,
        webhook_endpoints::UPDATE,
        webhook_endpoints::update,
    ),
    delete(
        "/v1/webhook_endpoints/{webhook_endpoint}",
        WEBHOOK,
        webhook_endpoints::delete,
    ),
];
