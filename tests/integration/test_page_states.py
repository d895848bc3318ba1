"""What the page says in each state of the program, in a real browser: at the start, in health, in an
empty account, in failures, and when the program is gone."""

from __future__ import annotations

import json
import signal

import browser
import processes
import pytest
import small_account
from discovery_process import FOR_EVER
from waiting import wait_until
from selenium.webdriver.common.by import By

# Few rows: axe-core looks at every element, and they are all alike.

pytestmark = pytest.mark.sim("--seed", 11, "--clusters", 3, "--tasks", 12)

QUICK = ("-config.scrape-interval", "1s")
# A call that hangs is waited for as long as a test takes.
PATIENT = ("-aws.call-timeout", "5m", "-refresh-timeout", "10m")


def state(driver):
    """The colour and the words of the verdict."""
    # In one step, for the script may be replacing it.
    return driver.execute_script(
        "const state = document.querySelector('#summary .state');"
        "return state ? [state.className, state.textContent] : ['', '']"
    )


def wait_for_state(driver, tone, words):
    """Opens the page again until it says so."""

    def is_there():
        driver.refresh()
        found = state(driver)
        return found[0] == f"state {tone}" and words in found[1]

    wait_until(is_there, f"{tone}: {words}")


def text_of(driver, selector):
    script = "return document.querySelector(arguments[0])?.textContent ?? ''"
    return driver.execute_script(script, selector)


def cut_words(driver):
    """Words of tables and errors that the browser broke inside, where no line may break."""
    return driver.execute_script("""
        const cut = [];
        for (const root of document.querySelectorAll("table, .failures, .events, .state")) {
          const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
          for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            if (!node.parentElement.checkVisibility()) continue;
            for (const word of node.data.matchAll(/[A-Za-z_]{2,24}/g)) {
              const range = document.createRange();
              range.setStart(node, word.index);
              range.setEnd(node, word.index + word[0].length);
              const lines = new Set([...range.getClientRects()].map((r) => Math.round(r.top)));
              if (lines.size > 1) cut.push(word[0]);
            }
          }
        }
        return cut""")


def check_for_everybody(driver, name):
    """The page as it stands is good for light and dark, a desk and a phone."""
    for dark in (False, True):
        browser.use_colors(driver, dark)
        for width in (1280, 390):
            browser.resize(driver, width, 900)
            where = f"{name}-{width}-{'dark' if dark else 'light'}"
            browser.keep_picture(driver, where)
            assert browser.accessibility_violations(driver) == [], where
            assert not browser.scrolls_sideways(driver), where
            assert cut_words(driver) == [], where


def test_the_first_start(sim, start_web, open_browser):
    sim.set_faults("ListClusters:hang")
    web = start_web(sim, PATIENT)
    driver = open_browser(web.url + "/")

    assert state(driver)[0] == "state wait"
    assert "read for the first time" in state(driver)[1]
    assert "\u2013" in text_of(driver, ".tile")  # not known, which is not 0
    assert "Nothing has been read yet" in text_of(driver, "#rows")
    check_for_everybody(driver, "first-start")


def test_health(sim, start_web, open_browser):
    web = start_web(sim).wait_until_ready()
    driver = open_browser(web.url + "/")
    wait_for_state(driver, "good", "3 clusters were read completely")

    def whose():
        driver.refresh()
        return "not known" not in text_of(driver, "#configuration-live")

    wait_until(whose, "the identity")
    settings = text_of(driver, "#configuration-live")
    assert "Regionus-east-1" in settings
    assert f"Account{small_account.ACCOUNT}" in settings
    assert "arn:aws:iam::" in settings
    assert "environment" in settings  # the source of the credentials
    assert small_account.ACCOUNT in text_of(driver, "#about")
    assert "ssm:" not in text_of(driver, "#calls-live")  # never called
    check_for_everybody(driver, "healthy")


@pytest.mark.parametrize("denied", [False, True], ids=["identity", "no-identity"])
def test_an_empty_account_asks_whether_it_is_the_right_one(
    denied, start_sim, start_web, open_browser, tmp_path
):
    account = {"region": "us-east-1", "accountId": small_account.ACCOUNT, "clusters": []}
    path = tmp_path / "account.json"
    path.write_text(json.dumps(account | {"taskDefinitions": [], "instances": []}))
    sim = start_sim("--account", path)
    if denied:
        sim.set_faults("GetCallerIdentity:denied")
    web = start_web(sim).wait_until_ready()
    driver = open_browser(web.url + "/")

    whose = "account not known" if denied else f"account {small_account.ACCOUNT}"
    wait_for_state(driver, "warn", f"No ECS clusters in us-east-1, {whose}: wrong region or role?")
    if not denied:
        check_for_everybody(driver, "empty-account")
    (warning,) = web.daemon.problems
    assert "AWS lists no ECS clusters" in warning


def test_one_cluster_denied(sim, start_web, open_browser):
    web = start_web(sim, QUICK).wait_until_ready()
    sim.set_faults("ListTasks@cluster-001:denied")
    driver = open_browser(web.url + "/")
    wait_for_state(driver, "warn", "1 of 3 clusters could not be read")

    failure = text_of(driver, ".failures li")
    assert "1 cluster for" in failure.replace("stale ", "")
    assert "AccessDeniedException" in failure and failure.endswith(": cluster-001")
    assert "1 stale" in text_of(driver, ".tiles")
    first = driver.find_element(By.CSS_SELECTOR, "#clusters-live tbody th").text
    assert first == "cluster-001"  # what fails comes first
    check_for_everybody(driver, "one-denied")


def test_a_total_outage(sim, start_web, open_browser):
    web = start_web(sim, QUICK).wait_until_ready()
    sim.set_faults("ListTasks:denied", "DescribeTasks:denied")
    driver = open_browser(web.url + "/")
    wait_for_state(driver, "bad", "Total outage: nothing could be read for")

    (failure,) = driver.find_elements(By.CSS_SELECTOR, ".failures li")
    text = failure.get_attribute("textContent")
    assert "3 clusters" in text and text.endswith(": cluster-000, cluster-001, cluster-002")
    assert text.count("AccessDeniedException") == 1
    check_for_everybody(driver, "total-outage")


def test_nothing_was_ever_read(sim, start_web, open_browser):
    sim.set_faults("*:denied")
    web = start_web(sim, QUICK)
    driver = open_browser(web.url + "/")

    wait_for_state(driver, "bad", "No discovery has succeeded since the start")
    assert "ecs:ListClusters" in state(driver)[1]  # what to allow
    assert "never" in text_of(driver, ".tiles")
    check_for_everybody(driver, "never-read")


def test_held_back_targets_have_their_ways_out(start_sim, discover, start_web, open_browser, output):
    sim = start_sim("--seed", 3, "--clusters", 3, "--tasks", 30)
    assert discover(["-config.write-to", output], sim.environment()).status == 0
    # One refresh: the next would agree, and the page has to be seen before.
    web = start_web(sim, ["-config.cluster", "cluster-000", *FOR_EVER]).wait_until_ready()
    driver = open_browser(web.url + "/")

    wait_for_state(driver, "warn", "of cluster-001, cluster-002 are held back")
    words = state(driver)[1]
    assert "when 2 more complete refreshes agree (about " in words
    assert "--guard.max-drop-percent 100" in words
    assert "correct the region or -config.cluster" in words
    assert "held back" in text_of(driver, "#clusters-live")
    assert "clusters cluster-001, cluster-002 24 targets" in text_of(driver, "#events-live")
    check_for_everybody(driver, "held-back")


def test_doubted_tasks_say_until_when(sim, start_web, open_browser):
    web = start_web(sim, QUICK).wait_until_ready()
    target = json.loads(web.get("/sd").body)[0]["labels"]["task_arn"]
    sim.stop_task(target, missing=True)
    driver = open_browser(web.url + "/")

    wait_for_state(driver, "warn", "1 task whose targets are kept although ECS contradicts them")
    assert "UTC if all readings until then agree" in state(driver)[1]
    check_for_everybody(driver, "doubted")


def test_a_lost_connection_is_grey_and_ages_go_on(sim, start_web, open_browser):
    """The page of a process that was killed stayed green."""
    web = start_web(sim).wait_until_ready()
    driver = open_browser(web.url + "/")
    assert state(driver)[0] == "state good"
    read = driver.execute_script("return document.getElementById('main').dataset.read")

    web.daemon.process.send_signal(signal.SIGKILL)
    web.daemon.process.wait()

    lost = f"Connection lost; data from {read[11:19]} UTC"
    wait_until(lambda: text_of(driver, "#connection") == lost, lost)
    colors = "return getComputedStyle(document.querySelector('{}')).backgroundColor"
    grey = driver.execute_script(colors.format("#connection"))
    assert driver.execute_script(colors.format("#summary .state")) == grey
    before = text_of(driver, ".tile time")
    wait_until(lambda: text_of(driver, ".tile time") != before, "an age to go on")
    check_for_everybody(driver, "connection-lost")


def test_a_lost_connection_is_amber_after_three_intervals(sim, start_web, open_browser):
    web = start_web(sim, QUICK).wait_until_ready()
    driver = open_browser(web.url + "/")
    web.daemon.process.send_signal(signal.SIGKILL)
    web.daemon.process.wait()

    wait_until(
        lambda: text_of(driver, "#connection").endswith("more than three refresh intervals old"),
        "the age of the data",
    )
    check_for_everybody(driver, "connection-lost-late")


def test_the_connection_comes_back(sim, start_web, open_browser):
    port = processes.free_port()
    web = start_web(sim, listen=f"127.0.0.1:{port}").wait_until_ready()
    driver = open_browser(web.url + "/")
    web.daemon.stop()
    wait_until(lambda: "Connection lost" in text_of(driver, "#connection"), "the loss")

    start_web(sim, listen=f"127.0.0.1:{port}").wait_until_ready()

    wait_until(lambda: text_of(driver, "#connection") == "", "the connection")
    wait_until(lambda: state(driver)[0] == "state good", "health")


def test_a_refresh_that_never_ends_is_amber(sim, start_web, open_browser):
    web = start_web(sim, [*QUICK, *PATIENT]).wait_until_ready()
    sim.set_faults("ListTasks:hang")
    driver = open_browser(web.url + "/")

    wait_for_state(driver, "warn", "and one is due every 1 s")
    check_for_everybody(driver, "late")


def test_a_file_that_cannot_be_written_is_amber(sim, start_web, open_browser, output):
    web = start_web(sim, QUICK).wait_until_ready()
    driver = open_browser(web.url + "/")
    output.unlink()
    output.parent.rmdir()

    wait_for_state(driver, "warn", "The output file is out of date: ")
    check_for_everybody(driver, "file-not-written")


def test_a_search_finds_what_is_under_the_other_tab(start_sim, start_web, open_browser, tmp_path):
    account = small_account.write(
        tmp_path / "account.json", {"PROMETHEUS_EXPORTER_PORT": "9102"}, {"team": "core"}
    )
    web = start_web(start_sim("--account", account)).wait_until_ready()
    driver = open_browser(web.url + "/")
    driver.find_element(By.NAME, "q").send_keys("bridged")

    found = "0 targets match \u00b7 1 skipped container matches \u2192"
    wait_until(lambda: text_of(driver, "#count") == found, found)
    check_for_everybody(driver, "other-tab")
    driver.find_element(By.CSS_SELECTOR, "#count a").click()
    wait_until(lambda: "show=skipped" in driver.current_url, "the other tab")
    found = "1 skipped container matches \u00b7 0 targets match"
    wait_until(lambda: text_of(driver, "#count") == found, found)
    assert "bridged" in text_of(driver, "#rows")
    assert driver.find_element(By.NAME, "q").get_attribute("value") == "bridged"
    assert browser.console_errors(driver) == []


def test_an_open_row_moves_no_column(sim, start_web, open_browser):
    web = start_web(sim).wait_until_ready()
    driver = open_browser()
    browser.resize(driver, 1280, 900)
    driver.get(web.url + "/")
    widths = (
        "return [...document.querySelectorAll('.rows thead th')]"
        ".map((each) => each.getBoundingClientRect().width)"
    )
    before = driver.execute_script(widths)
    driver.find_element(By.CSS_SELECTOR, "#rows tbody tr:not(.group) summary").click()

    assert driver.execute_script(widths) == before
    inside = driver.execute_script(
        "const open = document.querySelector('.rows details[open] dl').getBoundingClientRect();"
        "const all = document.querySelector('.rows').getBoundingClientRect();"
        "return open.width > all.width * 0.9 && open.right <= all.right + 1"
    )
    assert inside, "what is open has the whole width"
    check_for_everybody(driver, "open-row")


def test_an_open_row_stays_open_when_the_list_changes(sim, start_web, open_browser):
    """While a row was open, the list was not renewed."""
    web = start_web(sim, QUICK).wait_until_ready()
    driver = open_browser(web.url + "/")
    groups = json.loads(web.get("/sd").body)
    summary = driver.find_element(By.CSS_SELECTOR, "#rows summary")
    summary.click()
    address = summary.text
    other = next(each for each in groups if each["targets"] != [address])
    gone = other["labels"]["task_arn"]
    own = next(each for each in groups if each["targets"] == [address])
    assert own["labels"]["task_arn"] != gone

    sim.stop_task(gone)

    stopped = "return !document.getElementById('rows').textContent.includes(arguments[0])"
    wait_until(lambda: driver.execute_script(stopped, gone), "the new list")
    (still,) = driver.find_elements(By.CSS_SELECTOR, "#rows details[open] summary")
    assert still.text == address
    focused = driver.execute_script("return document.activeElement.textContent")
    assert focused == address


@pytest.mark.full
def test_ten_thousand_tasks(start_sim, start_web, open_browser):
    web = start_web(start_sim("--seed", 5, "--clusters", 10, "--tasks", 10_000)).wait_until_ready()
    driver = open_browser(web.url + "/")
    targets = len(json.loads(web.get("/sd").body))

    assert f"{targets:,} targets" in text_of(driver, "#count")
    assert "All 10 clusters" in text_of(driver, "#clusters-live")
    group = text_of(driver, "#rows .group")
    assert " tasks \u00b7 " in group and " targets" in group
    check_for_everybody(driver, "ten-thousand")


@pytest.mark.parametrize("faults", [(), ("ListTasks:denied", "DescribeTasks:denied")],
                         ids=["healthy", "outage"])
def test_the_states_need_no_script(faults, sim, start_web, open_browser):
    web = start_web(sim, QUICK).wait_until_ready()
    sim.set_faults(*faults)
    driver = open_browser(web.url + "/", scripts=False)

    wait_for_state(driver, *(("bad", "Total outage") if faults else ("good", "3 clusters")))
    driver.find_element(By.NAME, "q").send_keys("cluster-001")
    driver.find_element(By.CSS_SELECTOR, "select[name=sort] option[value=definition]").click()
    driver.find_element(By.CSS_SELECTOR, "#search button").click()
    wait_until(lambda: "sort=definition" in driver.current_url, "the search")
    wait_until(lambda: "match \u00b7" in text_of(driver, "#count"), "the list")
    driver.find_element(By.CSS_SELECTOR, "#count a").click()
    wait_until(lambda: "show=skipped" in driver.current_url, "the other tab")
