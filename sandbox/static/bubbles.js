// One message as a bubble: sender, quote, text, file, buttons, hour. What a tap does is given from outside.

import { el, icon } from "./dom.js";
import { openChat, store } from "./store.js";
import { fileSize, firstLine, fullName, kindName, onZalo, plain, rich, serviceLine } from "./text.js";
import { hourMinute } from "./time.js";

function fileItem(message) {
  const photo = message.photo?.[message.photo.length - 1];
  const file = photo ?? message.document;
  if (!file) return null;
  const name = photo ? "Ảnh" : (file.file_name ?? "Tệp");
  const url = message.file_url;
  if (photo && url) {
    return el("a", { className: "photo", href: url, target: "_blank", rel: "noopener" }, el("img", { src: url, alt: "Ảnh gửi kèm", loading: "lazy" }));
  }
  const inside = [icon("file"), el("span", {}, el("span", { className: "name" }, name), el("small", {}, fileSize(file.file_size)))];
  return url ? el("a", { className: "file", href: url, download: name }, ...inside) : el("span", { className: "file" }, ...inside);
}

function quote(message) {
  const original = message.reply_to_message;
  if (!original) return null;
  const current = store.messages.get(original.message_id) ?? original;
  return el(
    "button",
    { type: "button", className: "quote", "data-goto": original.message_id },
    el("b", {}, fullName(current.from)),
    el("span", {}, firstLine(current)),
  );
}

function key(button, message) {
  const style = ["primary", "success", "danger"].includes(button.style) ? button.style : "";
  if (button.url && /^https?:/i.test(button.url)) {
    return el("a", { className: "key " + style, href: button.url, target: "_blank", rel: "noopener noreferrer" }, button.text, icon("link"));
  }
  const node = el("button", { type: "button", className: "key " + style }, button.text);
  if (button.callback_data !== undefined) node.dataset.tap = button.callback_data;
  else if (button.copy_text) node.dataset.copy = button.copy_text.text;
  else node.disabled = true;
  node.dataset.message = message.message_id;
  return node;
}

function keyboard(message) {
  const lines = message.reply_markup?.inline_keyboard;
  if (!lines?.length) return null;
  return el("div", { className: "keys", role: "group", "aria-label": "Các nút" },
    ...lines.map((line) => el("div", { className: "keys-line" }, ...line.map((button) => key(button, message)))));
}

// What Zalo sends by an address or an id only: named, and opened where there is an address.
function named(message) {
  if (!onZalo(openChat()) || message.text || message.photo || message.document) return null;
  const address = message.photo_url ?? message.voice_url;
  const name = el("span", { className: "name" }, kindName(message));
  const inside = [icon("file"), el("span", {}, name)];
  if (!/^https?:/i.test(address ?? "")) return el("span", { className: "file" }, ...inside);
  return el("a", { className: "file", href: address, target: "_blank", rel: "noopener noreferrer" }, ...inside);
}

function textOf(message) {
  const text = message.text ?? message.caption;
  if (!message.html && !text) return null;
  const tappable = !onZalo(openChat());
  return el("div", { className: "text" }, message.html ? rich(message.html, tappable) : plain(text, tappable));
}

// The list item of a message. `first` says that the sender changed, so that the name is shown again.
export function bubble(message, { first, group }) {
  const service = serviceLine(message);
  if (service) return el("li", { className: "service", "data-id": message.message_id }, service);
  const bot = message.outgoing;
  const at = message.date * 1000;
  const name = bot || group ? el("p", { className: "name" }, fullName(message.from ?? (bot ? store.bot : null))) : null;
  const foot = el(
    "p",
    { className: "foot" },
    message.edited ? el("span", {}, "đã sửa ") : null,
    el("time", { dateTime: new Date(at).toISOString() }, hourMinute(at)),
  );
  const reply = el("button", { type: "button", className: "icon reply", "data-reply": message.message_id, "aria-label": "Trả lời tin này", title: "Trả lời" }, icon("reply"));
  return el(
    "li",
    { className: `${bot ? "bot" : "person"}${first ? " first" : ""}`, "data-id": message.message_id },
    el("div", { className: "bubble" }, first ? name : null, quote(message), fileItem(message), named(message), textOf(message), foot),
    keyboard(message),
    reply,
  );
}
