// The clock on top: the simulated day in Vietnam, its pace, and the points that it may jump to.

import { api } from "./api.js";
import { $, attempt, el, icon, menu, place } from "./dom.js";
import { refreshState, setClock, simulatedNow, store } from "./store.js";
import { date, hourMinute, weekday } from "./time.js";

// The jumps that a rehearsal offers; shown from the start so that nothing moves when they become possible.
const USUAL_STOPS = ["Tới ngày làm việc kế tiếp", "Tới lời nhắc kế tiếp"];
const SPEEDS = [[1, "như ngoài đời"], [60, "1 giây = 1 phút"], [600, "1 giây = 10 phút"], [3600, "1 giây = 1 giờ"]];
const TICK_MS = 250;

const buttons = new Map();
let panel = null;

function drawNow() {
  if (!store.clock) return;
  const now = simulatedNow();
  $("clock-now").dateTime = new Date(now).toISOString();
  const text = `${weekday(now)} ${date(now)} ${hourMinute(now)}`;
  if ($("clock-now").textContent === text) return;
  $("clock-now").replaceChildren(el("span", {}, `${weekday(now)} ${date(now)} `), el("b", {}, hourMinute(now)));
}

function stopButton(label) {
  let button = buttons.get(label);
  if (!button) {
    button = el("button", { type: "button", className: "soft stop", onclick: () => jump(label) },
      el("span", {}, label), el("small", {}));
    buttons.set(label, button);
  }
  return button;
}

function drawStops() {
  const stops = new Map((store.clock?.stops ?? []).map((stop) => [stop.label, stop]));
  const labels = [...new Set([...USUAL_STOPS, ...stops.keys()])];
  place($("clock-stops"), labels.map(stopButton));
  for (const label of labels) {
    const stop = stops.get(label);
    const button = stopButton(label);
    button.disabled = !stop || Date.parse(stop.at) <= simulatedNow();
    const at = stop ? Date.parse(stop.at) : 0;
    const hint = stop && !button.disabled ? `${weekday(at)} ${date(at).slice(0, 5)} ${hourMinute(at)}` : "chưa có";
    button.lastChild.textContent = hint;
    button.title = hint;
  }
}

function drawSpeed() {
  const { speed, running } = store.clock;
  const select = $("clock-speed");
  const known = SPEEDS.some(([value]) => value === speed);
  const choices = known ? SPEEDS : [...SPEEDS, [speed, "tốc độ đang chạy"]];
  const signature = JSON.stringify(choices);
  if (select.dataset.signature !== signature) {
    select.dataset.signature = signature;
    select.replaceChildren(...choices.map(([value, words]) => new Option(`${value}× · ${words}`, value)));
  }
  select.value = String(speed);
  const toggle = $("clock-toggle");
  const label = running ? "Dừng đồng hồ" : "Chạy đồng hồ";
  if (toggle.getAttribute("aria-label") === label && toggle.dataset.drawn) return;
  toggle.dataset.drawn = "yes";
  toggle.setAttribute("aria-label", label);
  toggle.title = label;
  toggle.replaceChildren(icon(running ? "pause" : "play"));
}

export function drawClock() {
  if (!store.clock) return;
  drawNow();
  drawSpeed();
  drawStops();
}

async function change(changes) {
  await attempt("Không chỉnh được đồng hồ", async () => setClock(await api.setClock(changes)));
}

async function jump(label) {
  panel.close();
  await attempt("Không tua được", async () => {
    await api.jump(label);
    await refreshState();
  });
}

export function startClock() {
  panel = menu($("clock-menu"));
  $("clock-toggle").addEventListener("click", () => {
    if (store.clock) change({ running: !store.clock.running });
  });
  $("clock-speed").addEventListener("change", () => change({ speed: Number($("clock-speed").value) }));
  setInterval(() => {
    drawNow();
    if (store.clock) drawStops();
  }, TICK_MS);
}
