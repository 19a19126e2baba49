//! Everything around a real window: a home, a display, a bus with notifications, and a sandbox.

use anyhow::Result;

use crate::bus::Bus;
use crate::display::Display;
use crate::notifications::Notifications;
use crate::window::Window;
use crate::{Home, Profile, Sandbox, free_port};

/// A desktop of a test's own. What is named first ends first.
#[derive(Debug)]
pub struct Stage {
    pub sandbox: Sandbox,
    pub notifications: Notifications,
    _bus: Bus,
    _display: Display,
    relay: String,
    home: Home,
}

impl Stage {
    /// Sets it up; webhooks wait for the window that will take them.
    pub async fn set() -> Result<Self> {
        Self::around(false).await
    }

    /// Sets it up to measure the window: the outside world, which has machines of its own, gives way to it.
    pub async fn set_to_measure() -> Result<Self> {
        Self::around(true).await
    }

    async fn around(aside: bool) -> Result<Self> {
        let mut home = Home::new()?;
        let bus = Bus::start(&home).await?;
        let display = Display::start(&home).await?;
        home.give("DISPLAY", display.name());
        home.give("DBUS_SESSION_BUS_ADDRESS", bus.address());
        home.give("GDK_BACKEND", "x11");
        // The accessibility bus is another service that nobody here provides.
        home.give("NO_AT_BRIDGE", "1");
        let notifications = Notifications::serve(bus.address()).await?;
        let sandbox = if aside {
            Sandbox::start_aside(&home).await?
        } else {
            Sandbox::start(&home).await?
        };
        let relay = format!("127.0.0.1:{}", free_port()?);
        sandbox.deliver_to(&format!("http://{relay}")).await?;
        Ok(Self {
            sandbox,
            notifications,
            _bus: bus,
            _display: display,
            relay,
            home,
        })
    }

    /// Returns the profile of the stage's desk: always the same one.
    pub fn profile(&self) -> Result<Profile<'_>> {
        let mut profile = Profile::new(&self.home)?.with(&self.sandbox);
        profile.set("COBRO_RELAY_LISTEN", &*self.relay);
        Ok(profile)
    }

    /// Starts the app on the stage's profile.
    pub async fn start_window(&self) -> Result<Window> {
        self.start_window_on(&self.profile()?).await
    }

    /// Starts the app on a profile that was made of the stage's.
    pub async fn start_window_on(&self, profile: &Profile<'_>) -> Result<Window> {
        Window::start(&self.home, profile).await
    }

    /// Starts the app and waits until its list can be used.
    pub async fn open_window(&self) -> Result<Window> {
        let window = self.start_window().await?;
        window.wait_for("[data-testid=tab-all]").await?;
        Ok(window)
    }
}
