// The open chat: its messages with day lines, the pinned bar, and a scroll that stays at the newest unless the
// reader went up.

import { api } from "./api.js";
import { bubble } from "./bubbles.js";
import { $, alertDialog, attempt, el, place, toast } from "./dom.js";
import { callbackAnswer } from "./live.js";
import { openChat, refreshMessages, refreshState, store } from "./store.js";
import { chatTitle, firstLine, onZalo, serviceLine } from "./text.js";
import { dayKey, dayTitle } from "./time.js";
import { replyTo, sendCommand, writerId } from "./composer.js";

const WINDOW = 150;
const NEAR = 60;

let shownChat = null;
let window_ = WINDOW;
let nodes = new Map();
let atBottom = true;
let newest = 0;
let arrived = 0;
let placed = false;

const gap = () => $("scroller").scrollHeight - $("scroller").scrollTop - $("scroller").clientHeight;

function toBottom() {
  $("scroller").scrollTop = $("scroller").scrollHeight;
  atBottom = true;
  arrived = 0;
  drawPill();
}

// Scrolls to the newest, but never past the beginning of what the reader has not seen yet: a long reminder is read
// from its first line.
function toUnread(message) {
  toBottom();
  const node = message && $("messages").querySelector(`[data-id="${message.message_id}"]`);
  const above = node ? $("scroller").getBoundingClientRect().top - node.getBoundingClientRect().top : 0;
  if (above <= 0) return;
  $("scroller").scrollTop -= above + 10;
  atBottom = gap() < NEAR;
  drawPill();
}

function drawPill() {
  $("new-pill").hidden = atBottom;
  $("new-pill").querySelector("span").textContent = arrived ? `${arrived} tin mới` : "Tin mới nhất";
}

function cached(key, signature, make) {
  const known = nodes.get(key);
  if (known?.signature === signature) return known;
  return { signature, node: make() };
}

function items(chat) {
  const all = [...store.messages.values()].sort((a, b) => a.message_id - b.message_id);
  const shown = all.slice(-window_);
  $("older").hidden = shown.length === all.length;
  const group = chat.type !== "private";
  const next = new Map();
  let before = null;
  for (const message of shown) {
    const day = dayKey(message.date * 1000);
    const newDay = !before || dayKey(before.date * 1000) !== day;
    if (newDay) {
      const title = dayTitle(message.date * 1000);
      // A day can come twice when somebody set the clock back by hand; the message id keeps the keys apart.
      const key = `day ${day} ${next.has(`day ${day}`) ? message.message_id : ""}`.trim();
      next.set(key, cached(key, title, () => el("li", { className: "day" }, el("span", {}, title))));
    }
    const first = newDay || serviceLine(before) !== null || before.from?.id !== message.from?.id;
    const signature = JSON.stringify([message, first, group]);
    next.set(message.message_id, cached(message.message_id, signature, () => bubble(message, { first, group })));
    before = message;
  }
  nodes = next;
  return [...next.values()].map((entry) => entry.node);
}

function drawHead(chat) {
  $("chat-title").textContent = chatTitle(chat);
  const people = (chat.members ?? []).filter((user) => !user.is_bot).length;
  const kind = chat.type === "private" ? "Trò chuyện riêng với bot" : `Nhóm · ${people} người`;
  $("chat-sub").textContent = onZalo(chat) ? `Zalo · ${kind}` : kind;
  $("conversation").setAttribute("aria-label", chatTitle(chat));
  const pinned = store.messages.get(chat.pinned_message_id);
  $("pinned").hidden = !pinned;
  if (pinned) {
    $("pinned-text").textContent = firstLine(pinned);
    $("pinned").dataset.goto = pinned.message_id;
  }
}

export function drawConversation() {
  const chat = openChat();
  $("conversation").hidden = !chat;
  $("welcome").hidden = Boolean(chat);
  document.body.dataset.view = chat ? "chat" : "list";
  if (!chat) {
    shownChat = null;
    return;
  }
  if (chat.id !== shownChat) {
    shownChat = chat.id;
    nodes = new Map();
    window_ = WINDOW;
    newest = 0;
    atBottom = true;
    arrived = 0;
    placed = false;
  }
  drawHead(chat);
  place($("messages"), items(chat));
  $("messages").setAttribute("aria-busy", String(!store.messagesLoaded));
  scrollAfterDrawing();
}

function scrollAfterDrawing() {
  const all = [...store.messages.values()].sort((a, b) => a.message_id - b.message_id);
  const fresh = all.filter((message) => message.message_id > newest);
  newest = all.at(-1)?.message_id ?? 0;
  if (!store.messagesLoaded) return;
  if (!placed) {
    placed = true;
    toUnread(store.unreadAtOpening ? all.filter((message) => message.outgoing).at(-store.unreadAtOpening) : null);
    return;
  }
  const fromBot = fresh.filter((message) => message.outgoing);
  // What the reader wrote is always worth seeing, as in every chat program.
  if (fresh.some((message) => message.from?.id === writerId())) atBottom = true;
  if (atBottom) {
    toUnread(fromBot[0]);
    return;
  }
  arrived += fromBot.length;
  drawPill();
}

export function goTo(id) {
  const show = () => $("messages").querySelector(`[data-id="${CSS.escape(String(id))}"]`);
  if (!show() && store.messages.has(Number(id))) {
    window_ = Infinity;
    drawConversation();
  }
  const node = show();
  if (!node) return;
  node.scrollIntoView({ block: "center" });
  node.classList.remove("flash");
  requestAnimationFrame(() => node.classList.add("flash"));
}

async function tap(button) {
  const chat = openChat();
  if (!chat || button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  await attempt("Nút không bấm được", async () => {
    const { callback_query_id: id } = await api.tap(chat.id, writerId(), Number(button.dataset.message), button.dataset.tap);
    const answer = await callbackAnswer(id);
    if (!answer) toast("Bot chưa trả lời nút này.");
    else if (answer.text && answer.show_alert) alertDialog(answer.text);
    else if (answer.text) toast(answer.text);
  });
  button.removeAttribute("aria-busy");
  await attempt("Chưa đọc lại được tin nhắn", () => Promise.all([refreshMessages({ messageId: Number(button.dataset.message) }), refreshState()]));
}

async function copy(text) {
  await navigator.clipboard.writeText(text);
  toast("Đã chép.");
}

export function startConversation() {
  $("messages").addEventListener("click", (event) => {
    const target = event.target.closest("[data-tap], [data-copy], [data-command], [data-goto], [data-reply]");
    if (!target) return;
    const { tap: data, copy: text, command, goto: to, reply } = target.dataset;
    if (data !== undefined) tap(target);
    else if (text !== undefined) attempt("Không chép được", () => copy(text));
    else if (command !== undefined) sendCommand(command);
    else if (to !== undefined) goTo(to);
    else if (reply !== undefined) replyTo(store.messages.get(Number(reply)));
  });
  $("pinned").addEventListener("click", () => goTo($("pinned").dataset.goto));
  $("scroller").addEventListener("scroll", () => {
    atBottom = gap() < NEAR;
    if (atBottom) arrived = 0;
    drawPill();
  }, { passive: true });
  $("new-pill").addEventListener("click", toBottom);
  $("older").addEventListener("click", () => {
    const below = gap();
    window_ += WINDOW;
    drawConversation();
    $("scroller").scrollTop = $("scroller").scrollHeight - $("scroller").clientHeight - below;
  });
  // A keyboard that opens, a picture that loads or a box that grows must not push the newest message out of sight.
  const keep = new ResizeObserver(() => {
    if (atBottom) $("scroller").scrollTop = $("scroller").scrollHeight;
  });
  keep.observe($("scroller"));
  keep.observe($("messages"));
}
