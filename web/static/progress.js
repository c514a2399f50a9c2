// Keeps the progress of an announcement fresh. Without script the page has a link that does it.
"use strict";

(() => {
  const panel = document.querySelector("[data-progress]");
  if (!panel) return;
  const part = (name) => panel.querySelector(`[data-${name}]`);
  const number = new Intl.NumberFormat("en");
  const spoken = { tenth: -1, relay: null };

  const speak = (report) => {
    // A screen reader hears every tenth and every change of the mail server, not every two seconds.
    const tenth = Math.floor(report.percent / 10);
    if (tenth === spoken.tenth && report.relay === spoken.relay) return;
    Object.assign(spoken, { tenth, relay: report.relay });
    part("spoken").textContent = `${report.sentence} ${report.relay}`.trim();
  };

  const show = (report) => {
    for (const cell of panel.querySelectorAll("[data-count]")) {
      cell.textContent = number.format(report[cell.dataset.count]);
    }
    part("sentence").textContent = report.sentence;
    part("bar").value = report.percent;
    for (const name of ["relay", "waits", "pace"]) {
      part(name).textContent = report[name];
      part(name).hidden = !report[name];
    }
    speak(report);
  };

  const ask = async () => {
    // A page that nobody looks at must not keep its owner signed in.
    if (document.hidden) return true;
    const answer = await fetch(panel.dataset.progress, { redirect: "error", cache: "no-store" });
    if (!answer.ok) throw new Error(String(answer.status));
    const report = await answer.json();
    show(report);
    if (report.state !== panel.dataset.state) location.reload();
    return report.state === panel.dataset.state;
  };

  const again = (seconds) => setTimeout(step, seconds * 1000);
  const pause = Number(panel.dataset.seconds);
  const step = async () => {
    try {
      if (await ask()) again(pause);
    } catch {
      part("sentence").textContent = "This page lost touch with the server; it tries again. Sending goes on.";
      again(5 * pause);
    }
  };
  again(pause);
})();
