// The text box: who writes, what is attached or answered, one draft for each chat.

import { api } from "./api.js";
import { addressed, closeSuggestions, completionKey, startCompletion, suggest } from "./completion.js";
import { $, attempt, el, icon } from "./dom.js";
import { openChat, refreshMessages, refreshState, store } from "./store.js";
import { askedReply, drawReplyKeyboard } from "./reply_keyboard.js";
import { botAway, fileSize, firstLine, fullName, onZalo } from "./text.js";

const writers = new Map();
const drafts = new Map();
let shownChat = null;
let attached = null;
let answering = null;
let asked = null;

const people = (chat) => (chat?.members ?? []).filter((user) => !user.is_bot);

// The id of the person in whose name this page writes and taps in the open chat.
export function writerId() {
  const chat = openChat();
  const members = people(chat);
  const chosen = writers.get(chat?.id);
  return members.some((user) => user.id === chosen) ? chosen : members[0]?.id;
}

function fit() {
  const box = $("text");
  box.style.height = "auto";
  box.style.height = `${Math.min(box.scrollHeight, 160)}px`;
  $("send").disabled = !box.value.trim() && !attached;
}

function chip(name, line, forget) {
  return el("div", { className: "chip" }, icon(name), el("span", {}, line),
    el("button", { type: "button", className: "icon", "aria-label": "Bỏ", onclick: forget }, icon("close")));
}

function drawExtra() {
  const parts = [];
  if (answering) parts.push(chip("reply", `${fullName(answering.from)}: ${firstLine(answering)}`, () => replyTo(null)));
  if (attached) parts.push(chip("file", `${attached.name} · ${fileSize(attached.size)}`, () => attach(null)));
  $("extra").hidden = parts.length === 0;
  $("extra").replaceChildren(...parts);
  fit();
}

function attach(file) {
  attached = file;
  $("file").value = "";
  drawExtra();
}

export function replyTo(message) {
  answering = message ?? null;
  drawExtra();
  $("text").focus();
}

function drawWriters(chat) {
  const members = people(chat);
  $("writer-row").hidden = members.length < 2;
  const signature = JSON.stringify(members.map((user) => [user.id, fullName(user)]));
  if ($("writer").dataset.signature !== signature) {
    $("writer").dataset.signature = signature;
    $("writer").replaceChildren(...members.map((user) => new Option(fullName(user), user.id)));
  }
  $("writer").value = writerId() ?? "";
}

const firstWord = (isPrivate) =>
  isPrivate ? "Bot chỉ được nhắn sau khi bạn viết trước." : `Bot chỉ nghe tin bắt đầu bằng @${store.zalo?.bot.first_name}.`;

// Why one cannot write here, or is not heard, and the way out: [words, button, action, whether the box stays].
function bar(chat) {
  const isPrivate = chat.type === "private";
  if (people(chat).length === 0) return ["Chưa có ai trong nhóm để viết.", "", null, false];
  if (botAway(chat)) {
    return isPrivate
      ? ["Bạn đã chặn bot này.", "Bỏ chặn", "unblock", false]
      : ["Bot không còn trong nhóm và không thấy tin ở đây.", "Thêm lại bot", "unblock", true];
  }
  if (onZalo(chat)) return chat.started ? null : [firstWord(isPrivate), "", null, true];
  if (isPrivate && chat.started === false) return ["Bot chỉ được nhắn sau khi bạn bắt đầu.", "Bắt đầu", "start", false];
  return null;
}

function drawBar(chat) {
  const [words, label, action, open] = bar(chat) ?? ["", "", null, true];
  $("barred").hidden = !words;
  $("composer").hidden = !open;
  $("barred").firstElementChild.textContent = words;
  const button = $("barred").querySelector("button");
  button.hidden = !label;
  button.textContent = label;
  button.dataset.action = action ?? "";
}

function passBar(action) {
  const chat = openChat();
  if (!chat) return;
  if (action === "start") sendCommand("/start");
  else attempt("Không làm được", async () => {
    await api.act(chat.id, action);
    await refreshState();
  });
}

export function drawComposer() {
  const chat = openChat();
  if (!chat) {
    shownChat = null;
    return;
  }
  if (chat.id !== shownChat) {
    shownChat = chat.id;
    answering = null;
    $("text").value = drafts.get(chat.id) ?? "";
    attach(null);
    closeSuggestions();
  }
  drawWriters(chat);
  drawBar(chat);
  drawReplyKeyboard((text) => deliver((id, from) => api.send(id, from, text)));
  const question = askedReply();
  if (question && question.message_id !== asked) replyTo(question);
  asked = question?.message_id ?? null;
}

async function deliver(send) {
  const chat = openChat();
  const from = writerId();
  if (!chat || from === undefined) return false;
  const done = await attempt("Không gửi được", async () => {
    await send(chat.id, from);
    await Promise.all([refreshMessages(), refreshState()]);
    return true;
  });
  return done === true;
}

// A tap on a /command in a message sends it at once, as Telegram does.
export const sendCommand = (command) => deliver((chat, from) => api.send(chat, from, addressed(command)));

async function submit() {
  const text = $("text").value.trim();
  const [file, reply] = [attached, answering];
  if (!text && !file) return;
  // The box is emptied before the answer comes, so that the next line can be written; it is given back on failure.
  const chat = store.open;
  $("text").value = "";
  drafts.delete(chat);
  answering = null;
  attach(null);
  closeSuggestions();
  const sent = await deliver((id, from) =>
    file ? api.sendFile(id, from, file, text, reply?.message_id) : api.send(id, from, text, reply?.message_id));
  if (sent) return;
  if (store.open === chat && !$("text").value) {
    $("text").value = text;
    attached = file;
    answering = reply;
    drawExtra();
  } else {
    drafts.set(chat, text);
  }
}

export function startComposer() {
  startCompletion();
  $("text").addEventListener("input", () => {
    drafts.set(store.open, $("text").value);
    fit();
    suggest();
  });
  $("text").addEventListener("blur", closeSuggestions);
  $("text").addEventListener("focus", suggest);
  $("text").addEventListener("keydown", (event) => {
    // While an input method composes a letter (Telex, VNI), Enter belongs to it.
    if (event.isComposing || event.keyCode === 229) return;
    if (completionKey(event)) event.preventDefault();
    else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      submit();
    } else if (event.key === "Escape" && answering) replyTo(null);
  });
  $("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  $("writer").addEventListener("change", () => {
    writers.set(store.open, Number($("writer").value));
    $("text").focus();
  });
  $("attach").addEventListener("click", () => $("file").click());
  $("file").addEventListener("change", () => {
    if ($("file").files[0]) attached = $("file").files[0];
    drawExtra();
    $("text").focus();
  });
  $("barred").querySelector("button").addEventListener("click", (event) => passBar(event.currentTarget.dataset.action));
}
