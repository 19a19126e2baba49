//! Notifications on a bus of their own, with a small service in place of the desktop's.

#![expect(clippy::used_underscore_binding, reason = "the interface macro does")]

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

use tokio::sync::mpsc;
use zbus::zvariant::OwnedValue;

use super::*;

/// Clicks on everything that it is asked to show.
struct Service {
    /// Tells only who asked, as dunst does; else everybody.
    tells_who_asked: bool,
    asked: mpsc::UnboundedSender<(String, String, Vec<String>)>,
}

#[expect(
    clippy::unused_self,
    clippy::too_many_arguments,
    reason = "the interface's own shape"
)]
#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Service {
    fn get_capabilities(&self) -> Vec<String> {
        ["actions", "body", "body-markup"].map(String::from).to_vec()
    }

    async fn notify(
        &self,
        #[zbus(connection)] connection: &Connection,
        #[zbus(header)] header: zbus::message::Header<'_>,
        _app: String,
        _replaces: u32,
        _icon: String,
        summary: String,
        body: String,
        actions: Vec<String>,
        _hints: HashMap<String, OwnedValue>,
        _timeout: i32,
    ) -> u32 {
        self.asked.send((summary, body, actions)).unwrap();
        let (id, clicked) = (7_u32, (7_u32, "default"));
        if self.tells_who_asked {
            let (connection, sender) = (connection.clone(), header.sender().unwrap().to_owned());
            tokio::spawn(async move {
                tokio::time::sleep(Duration::from_millis(200)).await;
                connection
                    .emit_signal(Some(sender), PATH, SERVICE, "ActionInvoked", &clicked)
                    .await
                    .unwrap();
            });
        } else {
            // The quickest click there can be: it comes before the answer.
            connection
                .emit_signal(None::<&str>, PATH, SERVICE, "ActionInvoked", &clicked)
                .await
                .unwrap();
        }
        id
    }
}

/// Runs this test again on a bus of its own. Returns whether this already is that run.
fn is_on_own_bus(test: &str) -> bool {
    const MARK: &str = "COBRO_TEST_ON_OWN_BUS";
    if std::env::var_os(MARK).is_some() {
        return true;
    }
    let bus = Command::new("dbus-daemon")
        .args(["--session", "--nofork", "--nopidfile", "--print-address=1"])
        .stdout(Stdio::piped())
        .spawn();
    let Ok(mut bus) = bus else {
        println!("skipped: there is no dbus-daemon here");
        return false;
    };
    let mut address = String::new();
    BufReader::new(bus.stdout.take().unwrap())
        .read_line(&mut address)
        .unwrap();
    let (_, module) = module_path!().split_once("::").unwrap();
    let again = Command::new(std::env::current_exe().unwrap())
        .args([&format!("{module}::{test}"), "--exact", "--nocapture"])
        .env(MARK, "1")
        .env("DBUS_SESSION_BUS_ADDRESS", address.trim())
        .output();
    bus.kill().unwrap();
    bus.wait().unwrap();
    let again = again.unwrap();
    let said = String::from_utf8_lossy(&again.stdout);
    assert!(
        again.status.success() && said.contains("1 passed"),
        "{said}{}",
        String::from_utf8_lossy(&again.stderr)
    );
    false
}

fn note() -> Note {
    Note {
        title: "Ana & co".into(),
        body: "<b>2</b> & 3\0".into(),
        open: "Open".into(),
        sound: true,
    }
}

/// Shows a note on such a service, and returns what the service was asked to show.
async fn show_and_click(tells_who_asked: bool) -> (String, String, Vec<String>) {
    let (asked, mut seen) = mpsc::unbounded_channel();
    let _service = zbus::connection::Builder::session()
        .unwrap()
        .serve_at(
            PATH,
            Service {
                tells_who_asked,
                asked,
            },
        )
        .unwrap()
        .name(SERVICE)
        .unwrap()
        .build()
        .await
        .unwrap();
    let notifier = Notifier::default();
    let (click, mut clicks) = mpsc::unbounded_channel();
    notifier
        .show(note(), Box::new(move || click.send(()).unwrap()))
        .await
        .unwrap();

    let clicked = tokio::time::timeout(Duration::from_secs(5), clicks.recv()).await;
    assert_eq!(clicked, Ok(Some(())), "the click was lost");
    assert_eq!(clicks.recv().await, None, "one click came twice");
    assert!(notifier.shown.lock().await.is_empty());
    seen.recv().await.unwrap()
}

#[tokio::test]
async fn a_click_told_to_everybody_is_heard_even_before_the_answer() {
    if is_on_own_bus("a_click_told_to_everybody_is_heard_even_before_the_answer") {
        show_and_click(false).await;
    }
}

#[tokio::test]
async fn a_click_told_only_to_who_asked_is_heard() {
    if is_on_own_bus("a_click_told_only_to_who_asked_is_heard") {
        show_and_click(true).await;
    }
}

#[tokio::test]
async fn a_customers_words_are_never_markup() {
    if is_on_own_bus("a_customers_words_are_never_markup") {
        let (summary, body, actions) = show_and_click(false).await;
        assert_eq!(summary, "Ana & co");
        assert_eq!(body, "&lt;b&gt;2&lt;/b&gt; &amp; 3");
        assert_eq!(actions, ["default", "Open", "open", "Open"]);
    }
}

#[test]
fn a_service_without_actions_or_markup_gets_neither() {
    let notification = notification(&note(), &["body".into()]);
    assert_eq!(notification.body, "<b>2</b> & 3");
    assert!(notification.actions.is_empty());
}

#[tokio::test]
async fn a_desktop_without_a_service_is_named() {
    if is_on_own_bus("a_desktop_without_a_service_is_named") {
        let refused = Notifier::default()
            .show(note(), Box::new(|| {}))
            .await
            .unwrap_err();
        assert!(refused.contains("no notification service"), "{refused}");
    }
}
