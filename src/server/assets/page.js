"use strict";
// The page works without this: it filters while you type, turns pages in place, and keeps the
// numbers fresh. All HTML comes from the server, which has escaped it.
(() => {
  const form = document.getElementById("search");
  const rows = document.getElementById("rows");
  const announcement = document.getElementById("announcement");
  let running = null;
  let waiting = 0;
  let shown = null;

  const queryOf = (page) => {
    const query = new URLSearchParams(new FormData(form));
    for (const [name, value] of [...query]) if (!value) query.delete(name);
    if (page > 1) query.set("page", page);
    return query.toString();
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
      history.replaceState(null, "", "?" + query);
      announcement.textContent = document.getElementById("count").textContent;
    } catch (error) {
      if (error.name !== "AbortError") form.requestSubmit();
    }
  };

  for (const kind of ["input", "change"]) {
    form.addEventListener(kind, () => {
      clearTimeout(waiting);
      waiting = setTimeout(show, 60, 1);
    });
  }
  form.addEventListener("submit", (event) => {
    if (event.submitter) { event.preventDefault(); show(1); }
  });
  rows.addEventListener("click", async (event) => {
    const link = event.target.closest("a[data-page]");
    if (!link) return;
    event.preventDefault();
    await show(Number(link.dataset.page));
    document.getElementById("containers").scrollIntoView();
  });

  setInterval(async () => {
    if (document.hidden) return;
    const asked = location.search;
    try {
      const answer = await fetch(asked || "?");
      if (!answer.ok) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (location.search !== asked) return;
      for (const part of document.querySelectorAll("[data-live]")) {
        if (part.querySelector("details[open]")) continue;
        const next = fresh.getElementById(part.id);
        if (next && next.innerHTML !== part.innerHTML && !part.contains(document.activeElement)) {
          part.innerHTML = next.innerHTML;
        }
      }
    } catch { /* The server is away; the page stays as it was. */ }
  }, 10000);
})();
