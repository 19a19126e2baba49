//! The real window, driven by WebDriver.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::json;
pub use thirtyfour::Key;
use thirtyfour::error::{WebDriverError, WebDriverErrorInner};
use thirtyfour::{By, Capabilities, WebDriver, WebElement};

use crate::processes::{descendants, program_of, terminate};
use crate::{Home, Process, Profile, binary, free_port, http, until};

const PATIENCE: Duration = Duration::from_secs(30);

/// The app's window and the programs that drive it.
#[derive(Debug)]
pub struct Window {
    session: Option<WebDriver>,
    driver: Process,
    app: PathBuf,
}

impl Window {
    /// Starts the app on a profile.
    pub async fn start(home: &Home, profile: &Profile<'_>) -> Result<Self> {
        let app = binary("cobro-desktop")?;
        let (port, native) = (free_port()?, free_port()?);
        let mut command = profile.command(tauri_driver()?);
        command.args(["--port", &port.to_string(), "--native-port", &native.to_string()]);
        let mut driver = Process::start("tauri-driver", command, &home.log("window"))?;
        driver.ignore_output();
        let address = format!("http://127.0.0.1:{port}");
        let mut window = Self {
            session: None,
            driver,
            app,
        };
        window.wait_for_driver(&address).await?;
        window.session = Some(window.start_app(&address, profile.folder()).await?);
        Ok(window)
    }

    async fn wait_for_driver(&self, address: &str) -> Result<()> {
        let http = http()?;
        let status = || async { http.get(format!("{address}/status")).send().await.ok() };
        let there = until(PATIENCE, status).await;
        there
            .map(drop)
            .with_context(|| format!("tauri-driver did not answer. It said: {}", self.driver.said()))
    }

    async fn start_app(&self, address: &str, profile: &Path) -> Result<WebDriver> {
        let mut wanted = Capabilities::new();
        wanted.set("browserName", "wry")?;
        let options = json!({ "application": self.app, "args": ["--profile", profile] });
        wanted.set("tauri:options", options)?;
        let started = WebDriver::builder(address, wanted)
            .client(http()?)
            .connect()
            .await;
        started.with_context(|| format!("The app did not start. It said: {}", self.driver.said()))
    }

    fn session(&self) -> Result<&WebDriver> {
        self.session.as_ref().context("The window was closed")
    }

    /// Waits until an element is there and can be seen.
    pub async fn wait_for(&self, css: &str) -> Result<WebElement> {
        let session = self.session()?;
        let find = || async {
            let element = session.find(By::Css(css)).await.ok()?;
            element.is_displayed().await.ok()?.then_some(element)
        };
        match until(PATIENCE, find).await {
            Some(element) => Ok(element),
            None => bail!(
                "{css} did not appear in {PATIENCE:?}. The window shows: {}",
                self.text().await.unwrap_or_default()
            ),
        }
    }

    /// Waits until an element's text is one of which `is_it` is true.
    pub async fn wait_for_text(&self, css: &str, what: &str, is_it: impl Fn(&str) -> bool) -> Result<String> {
        let session = self.session()?;
        let find = || async {
            for element in session.find_all(By::Css(css)).await.ok()? {
                let text = words(&element).await.ok()?;
                if is_it(&text) {
                    return Some(text);
                }
            }
            None
        };
        match until(PATIENCE, find).await {
            Some(text) => Ok(text),
            None => bail!(
                "{what} did not appear in {PATIENCE:?}. The window shows: {}",
                self.text().await.unwrap_or_default()
            ),
        }
    }

    /// Returns all that can be read in the window.
    pub async fn text(&self) -> Result<String> {
        words(&self.session()?.find(By::Tag("body")).await?).await
    }

    /// Returns how many elements there are, seen or not.
    pub async fn count(&self, css: &str) -> Result<usize> {
        Ok(self.session()?.find_all(By::Css(css)).await?.len())
    }

    /// Clicks an element once it is there and can be hit: where it moves just then, it is tried again.
    pub async fn click(&self, css: &str) -> Result<()> {
        let end = Instant::now() + PATIENCE;
        loop {
            match self.wait_for(css).await?.click().await {
                Err(moved) if can_pass(&moved) && Instant::now() < end => {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                clicked => return clicked.with_context(|| format!("{css} was not clicked")),
            }
        }
    }

    /// Opens the conversation with this name by its row, wherever in the list that is.
    pub async fn opens_chat(&self, name: &str) -> Result<()> {
        const MARK: &str = "
            const [name] = arguments;
            const rows = [...document.querySelectorAll('[data-testid=conversation-row]')];
            document.querySelector('#cobro-row')?.removeAttribute('id');
            rows.find((row) => row.textContent.includes(name)).id = 'cobro-row';";
        self.wait_for_text("[data-testid=conversation-row]", name, |text| text.contains(name))
            .await?;
        self.session()?.execute(MARK, vec![json!(name)]).await?;
        self.click("#cobro-row").await?;
        self.wait_for_text(
            "[data-testid=conversation-row][data-selected=true]",
            &format!("{name}'s row, selected,"),
            |text| text.contains(name),
        )
        .await
        .map(drop)
    }

    /// Chooses a value as a person does in a field that has a list, or a calendar, of the system's own.
    pub async fn chooses(&self, css: &str, value: &str) -> Result<()> {
        const CHOOSE: &str = "
            const [field, value] = arguments;
            field.focus();
            field.value = value;
            field.dispatchEvent(new Event('input', { bubbles: true }));
            field.dispatchEvent(new Event('change', { bubbles: true }));
            return field.value;";
        let field = self.session()?.find(By::Css(css)).await?;
        let chosen = self
            .session()?
            .execute(CHOOSE, vec![field.to_json()?, json!(value)])
            .await?;
        anyhow::ensure!(chosen.json().as_str() == Some(value), "{css} has no {value}");
        Ok(())
    }

    /// Types on the keyboard, wherever the focus is.
    pub async fn types(&self, text: &str) -> Result<()> {
        Ok(self.session()?.action_chain().send_keys(text).perform().await?)
    }

    /// Presses a key that writes no letter.
    pub async fn presses(&self, key: Key) -> Result<()> {
        self.types(&key.value().to_string()).await
    }

    /// Presses a key together with another that is held.
    pub async fn chord(&self, held: Key, key: &str) -> Result<()> {
        let (chain, released) = (self.session()?.action_chain(), held.clone());
        Ok(chain
            .key_down(held)
            .send_keys(key)
            .key_up(released)
            .perform()
            .await?)
    }

    /// Goes on with Tab until what has that test id has the focus.
    pub async fn tabs_to(&self, testid: &str) -> Result<()> {
        const FOCUSED: &str = "return document.activeElement?.dataset?.testid ?? ''";
        for _ in 0..60 {
            let focused = self.session()?.execute(FOCUSED, Vec::new()).await?;
            if focused.json().as_str() == Some(testid) {
                return Ok(());
            }
            self.presses(Key::Tab).await?;
        }
        bail!("Tab never came to {testid}")
    }

    /// Asks the core as the page does, and returns its answer.
    pub async fn asks(&self, command: &str, arguments: serde_json::Value) -> Result<serde_json::Value> {
        const ASK: &str = "
            const [command, given, done] = arguments;
            window.__TAURI_INTERNALS__.invoke(command, given).then(
                (value) => done({ value }),
                (error) => done({ error }),
            );";
        let answered = self
            .session()?
            .execute_async(ASK, vec![json!(command), arguments])
            .await?;
        let answer: serde_json::Value = answered.convert()?;
        match answer.get("error") {
            Some(error) => bail!("{command} was refused: {error}"),
            None => Ok(answer.get("value").cloned().unwrap_or_default()),
        }
    }

    /// Runs a script in the page and returns what it returns.
    pub async fn runs(&self, script: &str) -> Result<serde_json::Value> {
        Ok(self.session()?.execute(script, Vec::new()).await?.convert()?)
    }

    /// Runs a script in the page until it calls its only argument, and returns what it calls it with.
    pub async fn runs_until_done(&self, script: &str) -> Result<serde_json::Value> {
        Ok(self
            .session()?
            .execute_async(script, Vec::new())
            .await?
            .convert()?)
    }

    /// Waits until an element is there no more.
    pub async fn wait_until_gone(&self, css: &str) -> Result<()> {
        let gone = || async { (self.count(css).await.ok()? == 0).then_some(()) };
        until(PATIENCE, gone)
            .await
            .with_context(|| format!("{css} is still there after {PATIENCE:?}"))
    }

    /// Waits until what was last changed has been painted.
    pub async fn settle(&self) -> Result<()> {
        const TWO_FRAMES: &str =
            "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done()));";
        self.session()?
            .execute_async(TWO_FRAMES, Vec::new())
            .await
            .context("The window paints nothing")?;
        Ok(())
    }

    /// Begins to note how long the page's main thread is busy at a stretch.
    ///
    /// WebKit tells no long tasks: a timer of four milliseconds comes later by as much as others take.
    pub async fn watch_main_thread(&self) -> Result<()> {
        const WATCH: &str = "
            const rest = 4;
            window.cobroBusy = { longest: 0, over: 0 };
            let last = performance.now();
            const tick = () => {
                const now = performance.now();
                const busy = now - last - rest;
                if (busy > window.cobroBusy.longest) window.cobroBusy.longest = busy;
                if (busy > 50) window.cobroBusy.over += 1;
                last = now;
                setTimeout(tick, rest);
            };
            setTimeout(tick, rest);";
        self.session()?.execute(WATCH, Vec::new()).await?;
        Ok(())
    }

    /// Returns the longest stretch since then in milliseconds, and how many were over 50.
    pub async fn busiest_stretch(&self) -> Result<(f64, u64)> {
        let found = self
            .session()?
            .execute(
                "return [window.cobroBusy.longest, window.cobroBusy.over];",
                Vec::new(),
            )
            .await?;
        Ok(found.convert()?)
    }

    /// Begins to note when the text of an element becomes another one, by the machine's clock.
    pub async fn watch_text(&self, css: &str) -> Result<()> {
        const WATCH: &str = "
            const [css] = arguments;
            window.cobroSeen = [];
            let last = '';
            const look = () => {
                const text = document.querySelector(css)?.textContent ?? '';
                if (text === last) return;
                last = text;
                window.cobroSeen.push([text, performance.timeOrigin + performance.now()]);
            };
            new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });";
        self.session()?.execute(WATCH, vec![json!(css)]).await?;
        Ok(())
    }

    /// Returns every text that the watched element has had, with its moment in milliseconds since 1970.
    pub async fn texts_seen(&self) -> Result<Vec<(String, f64)>> {
        let seen = self
            .session()?
            .execute("return window.cobroSeen;", Vec::new())
            .await?;
        Ok(seen.convert()?)
    }

    /// Keeps what the window shows.
    pub async fn screenshot(&self, path: &Path) -> Result<()> {
        // WebKit takes it when it paints next, which a page at rest does not where it is painted plainly.
        const PAINT: &str = "
            const speck = document.createElement('div');
            speck.style.cssText = 'position: fixed; right: 0; bottom: 0; width: 1px; height: 1px; pointer-events: none';
            document.body.append(speck);
            let odd = false;
            const painting = setInterval(() => {
                odd = !odd;
                speck.style.background = odd ? 'rgb(0 0 0 / 1%)' : 'transparent';
            }, 50);
            window.cobroPainted = () => { clearInterval(painting); speck.remove(); };";
        self.settle().await?;
        let session = self.session()?;
        session.execute(PAINT, Vec::new()).await?;
        let taken = tokio::time::timeout(PATIENCE, session.screenshot(path)).await;
        let _ = session.execute("window.cobroPainted();", Vec::new()).await;
        taken
            .context("The screenshot took too long")?
            .context("The screenshot could not be taken")
    }

    /// Quits as a person does from the system's menu, and waits until the app is gone.
    pub async fn quit(mut self) -> Result<()> {
        let app = self.app_id().context("The app is not running")?;
        terminate(app)?;
        let gone = || async { program_of(app).is_none().then_some(()) };
        let gone = until(PATIENCE, gone).await;
        if let Some(session) = self.session.take() {
            // Its app is gone, and so is the session.
            let _ = session.leak();
        }
        gone.with_context(|| {
            format!(
                "The app did not quit in {PATIENCE:?}. It said: {}",
                self.driver.said()
            )
        })
    }

    /// Returns the app's process id.
    pub fn app_id(&self) -> Option<u32> {
        let driver = self.driver.id()?;
        descendants(driver)
            .into_iter()
            .find(|id| program_of(*id).is_some_and(|program| program == self.app))
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        if let Some(session) = self.session.take() {
            // The driver and the app are killed right after; nobody is left to say goodbye to.
            let _ = session.leak();
        }
    }
}

/// Returns an element's words. WebDriver's own way leaves out lines that end in an ellipsis.
pub async fn words(element: &WebElement) -> Result<String> {
    Ok(element.prop("innerText").await?.unwrap_or_default())
}

/// Whether a click was refused for what may be over a moment later.
fn can_pass(refusal: &WebDriverError) -> bool {
    use WebDriverErrorInner::{ElementClickIntercepted, ElementNotInteractable, StaleElementReference};
    matches!(
        refusal.as_inner(),
        ElementClickIntercepted(_) | ElementNotInteractable(_) | StaleElementReference(_)
    )
}

/// Returns where set-up put the WebDriver, or where the PATH has one.
fn tauri_driver() -> Result<PathBuf> {
    let given = std::env::var_os("COBRO_TAURI_DRIVER").map(PathBuf::from);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let home = std::env::var_os("HOME").map(|home| Path::new(&home).join(".cache/cobro/tools/bin"));
    let known = std::env::split_paths(&path)
        .chain(home)
        .map(|folder| folder.join("tauri-driver"));
    let found = given.into_iter().chain(known).find(|path| path.is_file());
    found.context("tauri-driver is not installed. `cargo xtask test` installs it")
}
