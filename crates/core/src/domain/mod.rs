//! The shop's nouns, with their rules.

mod aftersale;
mod books;
mod charge;
mod connection;
mod contact;
mod conversation;
mod ids;
mod media;
mod message;
mod notice;
mod order;
mod overview;
mod problem;
mod product;
mod product_link;
mod proposal;
mod quotation;
mod recurrence;
mod report;
mod sale;
mod search;
mod subscription;
mod sync;
mod template;
mod way;
mod work;

pub use aftersale::{AfterSale, MovedOrder, ProductAfterSale, ReminderPolicy};
pub use books::{
    BalanceSum, BookClass, BookLine, ClassCount, ClassSum, Dispute, MoneySum, NewRefund, Payout,
    PayoutContents, PayoutLine, ReconcileEstimate, ReconcileReport, ReconcileStage, ReconcileState,
    Reconciliation, Refund, RefundNote, RefundReason, RefundState, Refundable, Signed, SkippedShelf,
    TieReason, TieSuggestion,
};
pub(crate) use charge::is_paid_in_full;
pub use charge::{
    Carrier, Charge, ChargeChip, ChargePreview, ChargeQuestion, ChargeWarning, Closing, Creation, Fulfilment,
    Instalments, NewCharge, Payment, PaymentFacts, PaymentRecord, PaymentStatus, StripeIds, WarningKind,
    payment_of,
};
pub use cobro_protocol::Timestamp;
pub use cobro_stripe::{
    Currency, Interval, Money, MoneyError, Recurring, StripeObject, TaxBehavior, money_table,
};
pub use cobro_whatsapp::webhook::MessageKind;
pub use cobro_whatsapp::{
    CardPhone, Choice, ContactCard, Content, FlowAnswer, ListSection, OrderItem, Pricing, Referral,
    SystemChange, TemplateButton,
};
pub use connection::{
    Account, AlertSeverity, AlertView, Connection, Credentials, HistoryImport, KeyPermission, Number,
    Permission, StripeKey, WayIn, WebhookState,
};
pub use contact::{
    ContactSuggestion, CustomField, CustomerPayment, CustomerRow, CustomerStats, CustomerView, Identity,
    IdentityKind, JoinedContact,
};
pub(crate) use conversation::{ANSWER_TO_AD, FREE_ENTRY};
pub use conversation::{
    ConversationRow, ConversationView, CostLine, Counts, FreeEntry, Line, Page, Tab, WINDOW,
};
pub use ids::{
    ChargeId, ContactId, ConversationId, DeedId, FileId, LabelId, LineId, MemberId, MessageId, NoticeId,
    ProductId, ProductLinkId, QuickReplyId, QuotationId, ReconcileId, RefundId,
};
pub use media::{FileKind, MediaPolicy, MediaState, MediaView, StagedFile};
pub use message::{
    Delivery, Direction, Forwarded, Message, MessageVersion, NewBody, NewMessage, Origin, Quote, ReactionView,
};
pub use notice::{Announcement, NoticeKind, NotifyRules};
pub use order::{OrderDraft, OrderLine};
pub use overview::{
    Approvals, Conversion, DayTakings, FilterCount, Overview, PaymentFilter, PaymentRow, Reconciled,
    SavedFilter, Takings, Waiting,
};
pub use problem::{EnvelopeProblem, Problem, Words};
pub use product::{
    ChosenOption, Difference, ImportPreview, ImportProblem, ImportRow, OptionGroup, OptionValue, Product,
    ProductDraft, RowAction, SyncState, Tax,
};
pub use product_link::ProductLink;
pub use proposal::{
    AssistantSettings, DiscountEntry, Evidence, FaqEntry, Flag, ModelProvider, ModelSettings, ModelState,
    PlayedLine, PlayedStep, Proposal, ProposalKind, ProposedLine, SecondOpinion, SecondReason, SecondVerdict,
    ShopAnswers, Why,
};
pub use quotation::{Quotation, QuotationState};
pub use recurrence::{Plan, Recurrence};
pub use report::{
    LinkSums, MethodSum, ProductSum, Report, ReportDay, ReportPeriod, SellerSum, Settled, Tally,
};
pub use sale::{
    ChargeLine, ChargeTerms, Collected, Coupon, MOST_LINES, NewChargeLine, Part, PayLine, ShippingRate,
    Totals, Worked, add_up, counted, list_of, pay_lines,
};
pub use search::{SearchHit, SearchPage, SnippetPart};
pub use subscription::{
    Deed, InvoiceRecord, NewDeed, Subscribed, Subscription, SubscriptionMessages, SubscriptionRecord,
    SubscriptionStatus,
};
pub use sync::{Keep, ProductSide, SkippedProduct, SyncReport};
pub(crate) use sync::{Step, step_of};
pub use template::{
    Kit, KitEntry, KitPart, ParameterPlace, Template, TemplateFace, TemplateParameter, TemplatePreview,
    TemplateStatus, TemplateValue,
};
pub use way::{AccountWay, StripeAccount, Way, WhyNot};
pub(crate) use way::{AccountWays, Paid, called};
pub use work::{Label, LabelColor, ListFilter, Member, NewQuickReply, QuickReply, QuickReplyFile};
