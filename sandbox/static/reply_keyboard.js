// The keyboard that the bot puts in place of the phone's: its keys write their own text. And the forced reply.

import { $, el, place } from "./dom.js";
import { store } from "./store.js";

let shown = "";

// The newest message that put up or took away a keyboard decides. A one-time keyboard goes once somebody wrote.
function latest() {
  let wrote = false;
  for (const message of [...store.messages.values()].sort((a, b) => b.message_id - a.message_id)) {
    if (!message.outgoing) wrote = true;
    if (message.keyboard) return { message, wrote };
  }
  return { message: null, wrote };
}

// The message that asks for a reply and has not had one, or null.
export function askedReply() {
  const { message, wrote } = latest();
  return message?.keyboard.force_reply && !wrote ? message : null;
}

export function drawReplyKeyboard(send) {
  const { message, wrote } = latest();
  const keyboard = message?.keyboard;
  const gone = !keyboard?.keyboard || (keyboard.one_time_keyboard && wrote);
  const lines = gone ? [] : keyboard.keyboard;
  const signature = JSON.stringify(lines);
  if (signature === shown) return;
  shown = signature;
  const words = (key) => (typeof key === "string" ? key : key.text);
  $("reply-keys").hidden = lines.length === 0;
  place($("reply-keys"), lines.map((line) =>
    el("div", { className: "keys-line" }, ...line.map((key) =>
      el("button", { type: "button", className: "key", onclick: () => send(words(key)) }, words(key))))));
}
