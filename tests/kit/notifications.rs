//! A notification service in place of the desktop's: it keeps what it is asked to show, and clicks.

use std::collections::HashMap;
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::sync::watch;
use zbus::Connection;
use zbus::object_server::SignalEmitter;
use zbus::zvariant::OwnedValue;

const NAME: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";

/// A notification, as an app asked for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    pub id: u32,
    pub app: String,
    pub title: String,
    pub body: String,
    /// Each action's key and the words on its button.
    pub actions: Vec<(String, String)>,
}

/// Why a notification went away, in the specification's numbers.
const BY_THE_PERSON: u32 = 2;
const BY_THE_APP: u32 = 3;

struct Service {
    shown: watch::Sender<Vec<Shown>>,
}

#[allow(
    clippy::unused_self,
    clippy::used_underscore_binding,
    reason = "the interface has these methods and arguments"
)]
#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Service {
    fn get_capabilities(&self) -> Vec<&'static str> {
        vec!["actions", "body", "body-markup", "persistence"]
    }

    fn get_server_information(&self) -> (&'static str, &'static str, &'static str, &'static str) {
        ("Cobro's journeys", "Cobro", "1", "1.2")
    }

    #[expect(clippy::too_many_arguments, reason = "the method has as many")]
    fn notify(
        &self,
        app: String,
        replaces: u32,
        _icon: String,
        title: String,
        body: String,
        actions: Vec<String>,
        _hints: HashMap<String, OwnedValue>,
        _timeout: i32,
    ) -> u32 {
        let mut id = replaces;
        self.shown.send_modify(|shown| {
            if id == 0 {
                id = u32::try_from(shown.len()).unwrap_or(u32::MAX).saturating_add(1);
            }
            let actions = actions.chunks(2).map(|pair| match pair {
                [key, words] => (key.clone(), words.clone()),
                lone => (lone.concat(), String::new()),
            });
            shown.push(Shown {
                id,
                app,
                title,
                body,
                actions: actions.collect(),
            });
        });
        id
    }

    async fn close_notification(
        &self,
        id: u32,
        #[zbus(signal_emitter)] emitter: SignalEmitter<'_>,
    ) -> zbus::fdo::Result<()> {
        Ok(Self::notification_closed(&emitter, id, BY_THE_APP).await?)
    }

    #[zbus(signal)]
    async fn action_invoked(emitter: &SignalEmitter<'_>, id: u32, action: &str) -> zbus::Result<()>;

    #[zbus(signal)]
    async fn activation_token(emitter: &SignalEmitter<'_>, id: u32, token: &str) -> zbus::Result<()>;

    #[zbus(signal)]
    async fn notification_closed(emitter: &SignalEmitter<'_>, id: u32, why: u32) -> zbus::Result<()>;
}

/// The service while it runs on a bus.
#[derive(Debug)]
pub struct Notifications {
    connection: Connection,
    shown: watch::Receiver<Vec<Shown>>,
}

impl Notifications {
    /// Serves the bus at `address`.
    pub async fn serve(address: &str) -> Result<Self> {
        let (sender, shown) = watch::channel(Vec::new());
        let connection = zbus::connection::Builder::address(address)
            .and_then(|builder| builder.serve_at(PATH, Service { shown: sender }))
            .and_then(|builder| builder.name(NAME))
            .context("The notification service can't be described")?
            .build()
            .await
            .context("The notification service can't reach its bus")?;
        Ok(Self { connection, shown })
    }

    /// Returns everything that was shown so far, oldest first.
    pub fn all(&self) -> Vec<Shown> {
        self.shown.borrow().clone()
    }

    /// Waits for the first notification of which `is_it` is true; one from before counts too.
    pub async fn wait_for(
        &self,
        what: &str,
        patience: Duration,
        is_it: impl Fn(&Shown) -> bool,
    ) -> Result<Shown> {
        let mut shown = self.shown.clone();
        let found = tokio::time::timeout(patience, shown.wait_for(|all| all.iter().any(&is_it))).await;
        let found = found
            .ok()
            .and_then(|all| all.ok()?.iter().find(|one| is_it(one)).cloned());
        found.with_context(|| {
            let titles: Vec<_> = self.all().into_iter().map(|one| one.title).collect();
            format!("No notification of {what} in {patience:?}; shown were {titles:?}")
        })
    }

    /// Clicks a button of a notification, or with `default` the notification itself, as a desktop tells of it.
    pub async fn click(&self, id: u32, action: &str) -> Result<()> {
        let emitter =
            SignalEmitter::new(&self.connection, PATH).context("The notification service has no signals")?;
        Service::activation_token(&emitter, id, "cobro-journey").await?;
        Service::action_invoked(&emitter, id, action).await?;
        Service::notification_closed(&emitter, id, BY_THE_PERSON)
            .await
            .context("The click could not be told")
    }
}

#[cfg(test)]
mod tests {
    use futures_util::StreamExt as _;

    use super::*;
    use crate::Home;
    use crate::bus::Bus;

    #[zbus::proxy(
        interface = "org.freedesktop.Notifications",
        default_path = "/org/freedesktop/Notifications",
        default_service = "org.freedesktop.Notifications"
    )]
    trait Desktop {
        fn get_capabilities(&self) -> zbus::Result<Vec<String>>;
        #[expect(clippy::too_many_arguments, reason = "the method has as many")]
        fn notify(
            &self,
            app: &str,
            replaces: u32,
            icon: &str,
            title: &str,
            body: &str,
            actions: &[&str],
            hints: HashMap<&str, zbus::zvariant::Value<'_>>,
            timeout: i32,
        ) -> zbus::Result<u32>;
        #[zbus(signal)]
        fn action_invoked(&self, id: u32, action: String) -> zbus::Result<()>;
    }

    #[tokio::test]
    async fn what_an_app_shows_is_kept_and_a_click_comes_back() {
        let home = Home::new().unwrap();
        let bus = Bus::start(&home).await.unwrap();
        let notifications = Notifications::serve(bus.address()).await.unwrap();
        let app = zbus::connection::Builder::address(bus.address())
            .unwrap()
            .build()
            .await
            .unwrap();
        let desktop = DesktopProxy::new(&app).await.unwrap();
        assert!(
            desktop
                .get_capabilities()
                .await
                .unwrap()
                .contains(&"actions".to_owned())
        );
        let mut clicks = desktop.receive_action_invoked().await.unwrap();

        let actions = ["open", "Open"];
        let id = desktop
            .notify("Cobro", 0, "", "Ana", "Hola", &actions, HashMap::new(), -1)
            .await
            .unwrap();
        let shown = notifications
            .wait_for("Ana", Duration::from_secs(5), |one| one.title == "Ana")
            .await
            .unwrap();
        assert_eq!((shown.id, shown.body.as_str()), (id, "Hola"));
        assert_eq!(shown.actions, [("open".to_owned(), "Open".to_owned())]);

        notifications.click(id, "open").await.unwrap();
        let click = clicks.next().await.unwrap();
        let click = click.args().unwrap();
        assert_eq!((click.id, click.action.as_str()), (id, "open"));
    }

    #[tokio::test]
    async fn what_was_not_shown_is_said() {
        let home = Home::new().unwrap();
        let bus = Bus::start(&home).await.unwrap();
        let notifications = Notifications::serve(bus.address()).await.unwrap();
        let none = notifications
            .wait_for("a payment", Duration::from_millis(50), |_| true)
            .await;
        assert!(none.unwrap_err().to_string().contains("a payment"));
    }
}
