"use strict";
// The page works without this: it filters while you type, turns pages in place, keeps numbers and
// ages up to date, and shows when the connection is lost. All HTML comes from the server, which has
// escaped it.
(() => {
  const form = document.getElementById("search");
  const rows = document.getElementById("rows");
  const tabs = document.getElementById("tabs");
  const main = document.getElementById("main");
  const connection = document.getElementById("connection");
  const announcement = document.getElementById("announcement");
  let running = null;
  let waiting = 0;
  let shown = null;

  // --- Replacing a part of the page: what is open stays open, and the focus stays where it is.

  const keyOf = (element) => {
    const details = element.closest("summary")?.parentElement;
    if (details?.dataset.key) return `[data-key="${CSS.escape(details.dataset.key)}"] > summary`;
    const href = element.getAttribute("href");
    return href ? `a[href="${CSS.escape(href)}"]` : null;
  };

  // What the server said last of each part.
  const known = new Map();
  for (const part of document.querySelectorAll("[data-live]")) known.set(part.id, part.innerHTML);

  const replace = (part, html) => {
    if (known.get(part.id) === html) return;
    const selection = getSelection();
    if (!selection.isCollapsed && part.contains(selection.anchorNode)) return;
    const open = [...part.querySelectorAll("details[open]")].map((each) => each.dataset.key);
    const focus = part.contains(document.activeElement) ? keyOf(document.activeElement) : null;
    known.set(part.id, html);
    part.innerHTML = html;
    for (const details of part.querySelectorAll("details")) {
      if (open.includes(details.dataset.key)) details.open = true;
    }
    if (focus) part.querySelector(focus)?.focus({ preventScroll: true });
  };

  // --- The list.

  const queryOf = (page) => {
    const query = new URLSearchParams(new FormData(form));
    for (const [name, value] of [...query]) if (!value) query.delete(name);
    if (page > 1) query.set("page", page);
    return query.toString();
  };

  // The tabs keep what is searched for.
  const alignTabs = () => {
    for (const tab of tabs.querySelectorAll("a")) {
      const url = new URL(tab.href);
      for (const name of ["q", "cluster"]) {
        const value = form.elements[name].value;
        if (value) url.searchParams.set(name, value);
        else url.searchParams.delete(name);
      }
      tab.href = url.search + "#containers";
    }
  };

  const show = async (page) => {
    const query = queryOf(page);
    // Leaving the search field is a change too, but asks for nothing new.
    if (query === shown) return;
    shown = query;
    running?.abort();
    running = new AbortController();
    try {
      const answer = await fetch("rows?" + query, { signal: running.signal });
      if (!answer.ok) return;
      rows.innerHTML = await answer.text();
      known.set(rows.id, rows.innerHTML);
      history.replaceState(null, "", "?" + query);
      alignTabs();
      announcement.textContent = document.getElementById("count").textContent;
    } catch (error) {
      if (error.name === "AbortError") return;
      shown = null;
      setLost(true);
    }
  };

  for (const kind of ["input", "change"]) {
    form.addEventListener(kind, () => {
      clearTimeout(waiting);
      waiting = setTimeout(show, 60, 1);
    });
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    show(1);
  });
  rows.addEventListener("click", async (event) => {
    const link = event.target.closest("a[data-page]");
    if (!link) return;
    event.preventDefault();
    await show(Number(link.dataset.page));
    document.getElementById("containers").scrollIntoView();
  });

  // --- Ages, by the server's clock.

  let ahead = Date.now() - Date.parse(main.dataset.now);  // of this clock
  let lost = false;

  const lasting = (seconds) => {
    if (seconds < 120) return `${seconds} s`;
    if (seconds < 7200) return `${Math.floor(seconds / 60)} min`;
    if (seconds < 172800) return `${Math.floor(seconds / 3600)} h`;
    return `${Math.floor(seconds / 86400)} d`;
  };

  const ageOf = (time) => Math.max(0, Math.floor((Date.now() - ahead - Date.parse(time)) / 1000));

  const tick = () => {
    for (const time of document.querySelectorAll("time[data-age]")) {
      const text = lasting(ageOf(time.dateTime)) + (time.dataset.age === "ago" ? " ago" : "");
      if (time.textContent !== text) time.textContent = text;
    }
    const lateAfter = Number(main.dataset.lateAfter);
    const late = lateAfter > 0 && ageOf(main.dataset.read) > lateAfter;
    document.body.classList.toggle("late", late);
    document.body.classList.toggle("lost", lost);
    let text = "";
    if (lost) text = `Connection lost; data from ${main.dataset.read.slice(11, 19)} UTC`;
    if (lost && late) text += ", more than three refresh intervals old";
    if (connection.textContent !== text) connection.textContent = text;
  };

  const setLost = (value) => {
    lost = value;
    tick();
  };

  // --- What is new.

  const renew = async () => {
    if (document.hidden) return;
    const asked = location.search;
    try {
      const answer = await fetch(asked || "?", { signal: AbortSignal.timeout(8000) });
      if (!answer.ok) throw new Error(answer.status);
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      const data = fresh.getElementById("main")?.dataset;
      if (!data) throw new Error("not this page");
      Object.assign(main.dataset, data);
      ahead = Date.now() - Date.parse(data.now);
      document.title = fresh.title;
      setLost(false);
      if (location.search !== asked) return;
      for (const part of document.querySelectorAll("[data-live]")) {
        const next = fresh.getElementById(part.id);
        if (next) replace(part, next.innerHTML);
      }
      alignTabs();
      tick();
    } catch { setLost(true); }
  };

  setInterval(tick, 1000);
  setInterval(renew, 10000);
  document.addEventListener("visibilitychange", renew);
  tick();
})();
