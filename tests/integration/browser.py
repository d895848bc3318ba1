"""Headless Chromium by ChromeDriver, with Debian's programs and nothing from the network."""

from __future__ import annotations

import base64
import os
from pathlib import Path

import axe_core_python
import processes
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

_AXE = Path(axe_core_python.__file__).parent / "axe.min.js"
# No look at what is on the network, no first steps, no sandbox (tests may run as root).
_FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage", "--hide-scrollbars", "--no-proxy-server",
)


def start(profile: Path, dark: bool = False, scripts: bool = True) -> webdriver.Chrome:
    """A browser with the empty profile directory `profile`."""
    options = Options()
    options.binary_location = "/usr/bin/chromium"
    for flag in (*_FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    if not scripts:
        options.add_experimental_option(
            "prefs", {"profile.managed_default_content_settings.javascript": 2}
        )
    chromedriver = Service("/usr/bin/chromedriver", port=processes.free_port())
    driver = webdriver.Chrome(options=options, service=chromedriver)
    driver.set_script_timeout(110)
    use_colors(driver, dark)
    return driver


def use_colors(driver: webdriver.Chrome, dark: bool) -> None:
    """Has the page shown as to a person who asked for dark pages, or for light ones."""
    scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})


def resize(driver: webdriver.Chrome, width: int, height: int) -> None:
    """Makes the page so wide, as on a phone, which a window cannot be."""
    driver.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600},
    )


def accessibility_violations(driver: webdriver.Chrome) -> list[str]:
    """What axe-core finds, one line for each."""
    # By the protocol, not as a script element, which the page's policy would rightly refuse.
    driver.execute_cdp_cmd("Runtime.evaluate", {"expression": _AXE.read_text()})
    found = driver.execute_async_script(
        "const done = arguments[arguments.length - 1];"
        "axe.run({resultTypes: ['violations']}).then(r => done(r.violations.map(v => [v.id, v.nodes.map(n => n.html)])))"
    )
    return [f"{rule}: {nodes[:3]}" for rule, nodes in found]


def scrolls_sideways(driver: webdriver.Chrome) -> bool:
    return driver.execute_script(
        "return document.documentElement.scrollWidth > document.documentElement.clientWidth"
    )


def keep_picture(driver: webdriver.Chrome, name: str) -> None:
    """Puts a picture of the whole page where ECSD_SCREENSHOTS says, for people to look at."""
    if directory := os.environ.get("ECSD_SCREENSHOTS"):
        options = {"captureBeyondViewport": True, "format": "png"}
        picture = driver.execute_cdp_cmd("Page.captureScreenshot", options)["data"]
        (Path(directory) / f"{name}.png").write_bytes(base64.b64decode(picture))


def console_errors(driver: webdriver.Chrome) -> list[str]:
    """What the console has said since the last call that is no mere information."""
    return [each["message"] for each in driver.get_log("browser") if each["level"] in ("SEVERE", "WARNING")]
