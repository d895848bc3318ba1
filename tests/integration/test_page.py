"""The page for people, in a real browser."""

from __future__ import annotations

import json

import browser
import pytest
import small_account
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from waiting import wait_until

pytestmark = pytest.mark.sim("--seed", 11, "--clusters", 3, "--tasks", 240)

HOSTILE = "<script>document.title='owned'</script><img src=x onerror=alert(1)>"


@pytest.fixture
def page(sim, start_web):
    web = start_web(sim).wait_until_ready()
    return web


def shown_count(driver):
    """-1 while a page is being loaded, 0 before anything is known."""
    # Asked for in one step, for the script may be replacing the list.
    text = driver.execute_script("return document.getElementById('count')?.textContent")
    if not text:
        return -1
    number = text.split()[0].replace(",", "")
    return int(number) if number.isdigit() else 0


def shown_page(driver):
    return driver.execute_script("return document.querySelector('.pager span')?.textContent ?? ''")


def first_row(driver):
    return driver.execute_script("return document.querySelector('#rows summary').textContent")


def test_a_person_finds_out_why_a_container_is_no_target(page, open_browser):
    driver = open_browser(page.url + "/")
    assert shown_count(driver) == len(json.loads(page.get("/sd").body))

    driver.find_element(By.PARTIAL_LINK_TEXT, "Skipped").click()
    wait_until(lambda: "show=skipped" in driver.current_url, "the other list")
    all_of_them = wait_until(lambda: max(0, shown_count(driver)), "the other list")
    driver.find_element(By.CSS_SELECTOR, "select[name=reason] option[value=no_port_label]").click()
    wait_until(lambda: 0 < shown_count(driver) < all_of_them, "the filter")
    driver.find_element(By.NAME, "q").send_keys("cluster-001")
    wait_until(lambda: "q=cluster-001" in driver.current_url, "the search")
    driver.find_element(By.CSS_SELECTOR, "#rows summary").click()
    reason = driver.find_element(By.CSS_SELECTOR, "#rows details[open]").text
    names = {each.text for each in driver.find_elements(By.CSS_SELECTOR, "#rows details[open] dt")}

    assert "PROMETHEUS_EXPORTER_PORT" in reason
    assert {"task", "why", "network mode", "label", "change"} <= names
    assert "give it docker label" in reason
    said = driver.find_element(By.ID, "announcement").get_attribute("textContent")
    assert "skipped containers match" in said
    assert browser.console_errors(driver) == []


def test_the_search_follows_what_is_typed_and_turns_pages(page, open_browser):
    driver = open_browser(page.url + "/")

    def shown():
        fields = "return [location.href, document.querySelector('[name=q]').value, document.body.innerText]"
        return driver.execute_script(fields), browser.console_errors(driver)

    everything = shown_count(driver)
    first = first_row(driver)
    driver.find_element(By.LINK_TEXT, "Next \u2192").click()
    wait_until(lambda: shown_page(driver).startswith("Page 2"), "page 2", seen=shown)
    assert first_row(driver) != first

    driver.find_element(By.NAME, "q").send_keys("cluster-002")
    wait_until(lambda: 0 < shown_count(driver) < everything, "the search", seen=shown)
    driver.find_element(By.NAME, "q").send_keys(" nothing-like-this")
    wait_until(lambda: shown_count(driver) == 0, "the search", seen=shown)

    assert "Nothing matches" in driver.execute_script("return document.getElementById('rows').textContent")
    assert browser.console_errors(driver) == []


def test_the_page_works_without_a_script(page, open_browser):
    driver = open_browser(page.url + "/", scripts=False)
    everything = shown_count(driver)

    driver.find_element(By.NAME, "q").send_keys("cluster-002")
    driver.find_element(By.CSS_SELECTOR, "#search button").click()

    wait_until(lambda: "q=cluster-002" in driver.current_url, "the search")
    wait_until(lambda: 0 < shown_count(driver) < everything, "the list")


def test_the_list_follows_the_account(start_sim, start_web, open_browser):
    """The numbers above did, but the list stayed as it was when the page was opened."""
    sim = start_sim("--seed", 11, "--clusters", 1, "--tasks", 6)
    sim.set_faults("ListTasks:denied")
    web = start_web(sim, ["-config.scrape-interval", "1s"])
    web.wait_for_status("/", 200)
    driver = open_browser(web.url + "/")
    assert shown_count(driver) == 0

    sim.set_faults()

    wait_until(lambda: shown_count(driver) > 0, "the list")
    assert browser.console_errors(driver) == []


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_everybody_can_use_it(start_sim, start_web, open_browser, width, dark):
    # Few rows: axe-core looks at every element, and they are all alike.
    page = start_web(start_sim("--seed", 11, "--clusters", 2, "--tasks", 6)).wait_until_ready()
    driver = open_browser(dark=dark)
    browser.resize(driver, width, 900)

    for path in ("/", "/?show=skipped&reason=no_port_label", "/?q=nothing-like-this"):
        driver.get(page.url + path)
        assert browser.accessibility_violations(driver) == [], path
        assert not browser.scrolls_sideways(driver), path
    driver.get(page.url + "/")
    browser.keep_picture(driver, f"page-{width}-{'dark' if dark else 'light'}")
    assert browser.console_errors(driver) == []


def test_the_keyboard_reaches_everything(page, open_browser):
    driver = open_browser(page.url + "/")
    reached = set()
    for _ in range(14):
        driver.switch_to.active_element.send_keys(Keys.TAB)
        focused = driver.switch_to.active_element
        reached.add(focused.get_attribute("name") or (focused.text.split() or [""])[0])

    assert {"Skip", "cluster-000", "Targets", "Skipped", "q", "cluster"} <= reached


def test_a_hostile_label_shows_as_text(start_sim, start_web, open_browser, tmp_path):
    account = small_account.write(
        tmp_path / "account.json",
        {"PROMETHEUS_EXPORTER_PORT": "9102", "PROMETHEUS_EXPORTER_JOB_NAME": HOSTILE},
        {"PROMETHEUS_EXPORTER_PORT": HOSTILE},
    )
    web = start_web(start_sim("--account", account)).wait_until_ready()
    driver = open_browser()

    driver.get(web.url + "/?q=" + "%3Cscript%3E")
    driver.find_element(By.CSS_SELECTOR, "#rows summary").click()
    assert HOSTILE in driver.find_element(By.CSS_SELECTOR, "#rows details").text
    driver.get(web.url + "/?show=skipped")
    driver.find_element(By.CSS_SELECTOR, "#rows summary").click()
    assert "<script>" in driver.find_element(By.CSS_SELECTOR, "#rows details").text

    assert driver.title.endswith("ECS discovery")
    assert browser.console_errors(driver) == []
