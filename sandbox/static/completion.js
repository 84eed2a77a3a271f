// The list above the text box: commands after "/", in groups of Zalo the bot after "@". It narrows as one types, and is
// chosen by keys or by a tap.

import { $, el } from "./dom.js";
import { openChat, store } from "./store.js";
import { fold, onZalo } from "./text.js";

let shown = [];
let active = 0;
let dismissed = "";

// What is written so far of a command: only at the very start of the text, as in Telegram.
function typed() {
  const match = /^\/([\p{L}\p{N}_]*)(?:@\w*)?$/u.exec($("text").value);
  return match ? fold(match[1]) : null;
}

// The bot of Zalo after the beginning of its name: in a group it hears nothing else.
function mentioned() {
  const chat = openChat();
  const name = onZalo(chat) && chat.type !== "private" ? `@${store.zalo?.bot.first_name}` : "";
  const text = $("text").value;
  const begun = text.startsWith("@") && text.length < name.length && fold(name).startsWith(fold(text));
  return begun ? [{ written: name, put: `${name} `, description: "Gọi bot" }] : [];
}

// A command as this chat needs it: in groups it names the bot, because several bots may listen.
export function addressed(command) {
  const chat = openChat();
  const named = command.includes("@") || !chat || chat.type === "private" || !store.bot.username;
  return named ? command : `${command}@${store.bot.username}`;
}

function draw() {
  const list = $("completion");
  list.hidden = shown.length === 0;
  $("text").setAttribute("aria-expanded", String(shown.length > 0));
  list.replaceChildren(
    ...shown.map((item, i) =>
      el("li", { id: `completion-${i}`, role: "option", "aria-selected": String(i === active), "data-index": i },
        el("b", {}, item.written), el("span", {}, item.description))),
  );
  if (shown.length) {
    $("text").setAttribute("aria-activedescendant", `completion-${active}`);
    list.children[active]?.scrollIntoView({ block: "nearest" });
  } else {
    $("text").removeAttribute("aria-activedescendant");
  }
}

function commands(word) {
  const all = openChat()?.commands ?? [];
  const starts = (item) => item.command.startsWith(word);
  const says = (item) => !starts(item) && word.length > 1 && fold(item.description).includes(word);
  return [...all.filter(starts), ...all.filter(says)].map((item) => ({
    written: `/${item.command}`,
    put: `${addressed(`/${item.command}`)} `,
    description: item.description,
  }));
}

export function suggest() {
  const word = typed();
  const text = $("text").value;
  if (text !== dismissed) dismissed = "";
  shown = dismissed ? [] : word === null ? mentioned() : commands(word);
  active = 0;
  draw();
}

export function closeSuggestions() {
  shown = [];
  draw();
}

function choose(index) {
  const item = shown[index];
  if (!item) return;
  $("text").value = item.put;
  closeSuggestions();
  $("text").focus();
  $("text").dispatchEvent(new Event("input", { bubbles: true }));
}

// True when the key belonged to the list and is used up.
export function completionKey(event) {
  if (!shown.length) return false;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    active = (active + (event.key === "ArrowDown" ? 1 : shown.length - 1)) % shown.length;
    draw();
    return true;
  }
  if (event.key === "Escape") {
    dismissed = $("text").value;
    closeSuggestions();
    return true;
  }
  // A command that is already complete is sent by Enter, not completed once more.
  const complete = event.key === "Enter" && shown[active].written === `/${typed()}`;
  if ((event.key === "Tab" && !event.shiftKey) || (event.key === "Enter" && !event.shiftKey && !complete)) {
    choose(active);
    return true;
  }
  return false;
}

export function startCompletion() {
  const index = (event) => Number(event.target.closest("[data-index]")?.dataset.index ?? -1);
  $("completion").addEventListener("pointerdown", (event) => event.preventDefault()); // the box keeps the focus
  $("completion").addEventListener("click", (event) => choose(index(event)));
}
