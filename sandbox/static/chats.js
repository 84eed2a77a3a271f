// The list of chats: newest message first, then by title; searched without diacritics.

import { $, el, icon, place } from "./dom.js";
import { openChat, simulatedNow, store } from "./store.js";
import { botAway, chatTitle, firstLine, fold, onZalo } from "./text.js";
import { shortTime } from "./time.js";

const rows = new Map();
const byTitle = new Intl.Collator("vi", { numeric: true });

function order(a, b) {
  const newer = (b.last_message?.date ?? 0) - (a.last_message?.date ?? 0);
  return newer || byTitle.compare(chatTitle(a), chatTitle(b));
}

function searchText(chat) {
  const names = (chat.members ?? []).map((user) => `${user.first_name} ${user.last_name ?? ""} ${user.username ?? ""}`);
  return fold([chatTitle(chat), ...names, onZalo(chat) ? "zalo" : ""].join(" "));
}

function visible() {
  const words = fold($("search").value).split(/\s+/).filter(Boolean);
  return [...store.chats.values()]
    .filter((chat) => !chat.migrated_to)
    .filter((chat) => words.every((word) => searchText(chat).includes(word)))
    .sort(order);
}

function lastLine(chat) {
  const message = chat.last_message;
  if (!message) return "Chưa có tin nhắn";
  return firstLine(message);
}

function row(chat, now) {
  const isPrivate = chat.type === "private";
  const last = chat.last_message;
  const facts = {
    title: chatTitle(chat),
    line: lastLine(chat),
    at: last ? shortTime(last.date * 1000, now) : "",
    unread: chat.unread,
    away: botAway(chat),
    isPrivate,
    zalo: onZalo(chat),
    current: chat.id === store.open,
  };
  const signature = JSON.stringify(facts);
  const known = rows.get(chat.id);
  if (known?.signature === signature) return known.node;
  const mark = facts.away ? el("span", { className: "mark" }, isPrivate ? "Đã chặn" : "Bot không còn ở đây") : null;
  const link = el(
    "a",
    { href: `#chat=${chat.id}`, className: chat.unread ? "unread" : "", "aria-current": facts.current ? "true" : null },
    el("span", { className: "face", title: isPrivate ? "Riêng" : "Nhóm" }, icon(isPrivate ? "private" : "group")),
    el("span", { className: "title" }, facts.title),
    el("span", { className: "at" }, facts.at),
    el("span", { className: "line" }, facts.zalo ? el("span", { className: "platform" }, "Zalo") : null, mark, facts.line),
    chat.unread
      ? el("span", { className: "badge", "aria-label": `${chat.unread} tin chưa đọc` }, chat.unread > 99 ? "99+" : String(chat.unread))
      : null,
  );
  // A row that has the focus is refilled rather than replaced, so that the keyboard stays where it is.
  const node = known?.node ?? el("li", { "data-chat": chat.id });
  const focused = node.contains(document.activeElement);
  node.replaceChildren(link);
  if (focused) link.focus({ preventScroll: true });
  rows.set(chat.id, { signature, node });
  return node;
}

export function drawChats() {
  const now = simulatedNow();
  const chats = visible();
  place($("chat-list"), chats.map((chat) => row(chat, now)));
  const none = $("chat-none");
  none.hidden = chats.length > 0 || !store.loaded;
  none.textContent = store.chats.size ? "Không có cuộc trò chuyện nào khớp." : "Chưa có cuộc trò chuyện nào. Chương trình được diễn tập sẽ lập chúng.";
  const unread = [...store.chats.values()].reduce((sum, chat) => sum + (chat.migrated_to ? 0 : chat.unread), 0);
  document.title = (unread ? `(${unread}) ` : "") + (openChat() ? `${chatTitle(openChat())} · ` : "") + "Nhắc Việc";
}

export function startChats() {
  $("search").addEventListener("input", drawChats);
  $("search").addEventListener("keydown", (event) => {
    const links = [...$("chat-list").querySelectorAll("a")];
    if (event.key === "ArrowDown") links[0]?.focus();
    else if (event.key === "Enter") links[0]?.click();
    else return;
    event.preventDefault();
  });
  $("chat-list").addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const links = [...$("chat-list").querySelectorAll("a")];
    const next = links[links.indexOf(document.activeElement) + step];
    (next ?? (step < 0 ? $("search") : null))?.focus();
    event.preventDefault();
  });
}
